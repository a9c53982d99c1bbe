# corpus: compiled=grow,shrink,clear
def grow(a, limit):
    n = 0
    for x in a:
        n += x
        if len(a) < limit:
            a.append(x + 1)
    return n


def shrink(a):
    out = []
    for x in a:
        out.append(x)
        a.pop()
    return out


def clear(a):
    out = []
    for x in a:
        out.append(x)
        if x == 3:
            a.clear()
            a.extend([9] * 2)
        elif x == 5:
            del a[0]
    return out, a


for _ in range(50):
    grow([1], 10), shrink([1, 2]), clear([1, 2])
print(grow([1], 300), shrink(list(range(9))), clear(list(range(7))), clear([5, 5, 1, 2, 3, 4, 4, 4, 4]))
it = iter([1, 2])
print(list(it), list(it))
a = [1, 2, 3]
it = iter(a)
print(sum(it), a.append(4), list(it))
