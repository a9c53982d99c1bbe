# corpus: compiled=permute,hanoi,quick,merge
def permute(a):
    if len(a) <= 1:
        return [a]
    return [[x] + p for i, x in enumerate(a) for p in permute(a[:i] + a[i + 1 :])]


def hanoi(n, a, b, c, moves):
    if n:
        hanoi(n - 1, a, c, b, moves)
        c.append(a.pop())
        moves[0] += 1
        hanoi(n - 1, b, a, c, moves)


def quick(a):
    if len(a) < 2:
        return a
    p = a[len(a) // 2]
    return quick([x for x in a if x < p]) + [x for x in a if x == p] + quick([x for x in a if x > p])


def merge(a):
    if len(a) < 2:
        return a
    m = len(a) // 2
    l, r = merge(a[:m]), merge(a[m:])
    out, i, j = [], 0, 0
    while i < len(l) and j < len(r):
        if r[j] < l[i]:
            out.append(r[j])
            j += 1
        else:
            out.append(l[i])
            i += 1
    return out + l[i:] + r[j:]


print(len(permute(list(range(5)))), permute([1, 2, 3]))
pegs, moves = (list(range(8, 0, -1)), [], []), [0]
hanoi(8, *pegs, moves)
print(pegs, moves)
data = [(i * 7919 + 13) % 257 for i in range(120)]
print(quick(data) == sorted(data), merge(data) == sorted(data), quick([2, 1.5, True]), merge(["b", "a"]))
