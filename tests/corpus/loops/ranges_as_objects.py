# corpus: compiled=over,inside
def over(ranges, n):
    total = 0
    for i in range(n):
        for r in ranges:
            for x in r:
                total += x
    return total


print(over([range(5), range(3, 10, 2), range(10, 0, -3), range(0)], 60))
big = 1 << 62
print(over([range(5), range(big, big + 4), range(-big, -big - 6, -2)], 60))
huge = 1 << 64
print(over([range(3), range(huge, huge + 3)], 60))


def inside(cols, n):
    for i in range(n):
        found = sum(c * i for c in cols) + len([c for c in cols if c != i]) + len(set(c % 3 for c in cols))
    return found


print(inside(range(7), 100))
print(inside([1, 2, 3], 20))
print(inside(range(2, 9, 3), 100))


def first(r, n):
    for i in range(n):
        it = iter(r)
        a = next(it)
        b = list(it)
    return a, b, type(it).__name__


print(first(range(4), 60))


def large(n):
    r = range(0, (1 << 63) - 1, (1 << 62))
    found = []
    for i in range(n):
        for x in r:
            found.append(x)
    return len(found), found[-2:]


print(large(50))


def wraps(n):
    r = range(-(1 << 63), (1 << 63) - 1, 1 << 62)
    found = []
    for i in range(n):
        for x in r:
            found.append(x)
    return len(found), found[-4:]


print(wraps(50))
