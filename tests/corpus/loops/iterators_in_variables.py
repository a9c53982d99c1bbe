# corpus: compiled=enumerated,zipped,passed_on
"""An iterator in a variable goes on where it was left, whoever advanced it."""


def enumerated(items):
    numbered = enumerate(items)
    seen = []
    for i, x in numbered:
        seen.append(i)
        if i == 3:
            break
    for i, x in numbered:
        seen.append((i, x))
    return seen, list(numbered)


def zipped(a, b):
    pairs = zip(a, b)
    total = 0
    for x, y in pairs:
        total += x * y
        if x == 3:
            break
    rest = 0
    for x, y in pairs:
        rest += x
    return total, rest, next(pairs, None)


def twice(items):
    numbers = iter(items)
    out = []
    for x in numbers:
        out.append((x, next(numbers, None)))
    return out


def advance(iterator):
    for _, x in iterator:
        return x
    return None


def passed_on(items):
    numbered = enumerate(items)
    other = numbered
    first = advance(numbered)
    second = advance(other)
    return first, second, [x for x in numbered], other is numbered


def nested(n):
    numbers = enumerate(range(n))
    out = []
    for i, x in numbers:
        for j, y in numbers:
            out.append((i, j, x + y))
            if j % 3 == 0:
                break
    return out


for _ in range(60):
    results = [
        enumerated(list("abcdefgh")),
        zipped(range(8), list(range(8))),
        twice([1, 2, 3, 4, 5]),
        passed_on(list("vwxyz")),
        nested(8),
    ]
for result in results:
    print(result)
