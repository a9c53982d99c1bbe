# corpus: compiled=outer,outer.<locals>.inner
import sys


def look(depth):
    f = sys._getframe(depth)
    return {k: v for k, v in sorted(f.f_locals.items()) if not callable(v) and k[:2] != "__" and k != "sys"}


def outer(n):
    count = 0
    values = [1]

    def inner(x):
        nonlocal count
        count += x
        if count == 40:
            return look(2), look(3)
        return values[0]

    for i in range(n):
        r = inner(1)
        if isinstance(r, tuple):
            sys._getframe().f_locals["count"] = 1000
            sys._getframe().f_locals["values"] = ["replaced"]
            return r, count, inner(1)
    return count


print(outer(20), outer(30))
for row in outer(100):
    print(row)
