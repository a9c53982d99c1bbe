# corpus: compiled=top,mid
import sys


def snapshot():
    f = sys._getframe(1)
    out = []
    while f.f_code.co_name != "<module>":
        out.append((f.f_code.co_name, f.f_lineno, {k: v for k, v in sorted(f.f_locals.items())}))
        f = f.f_back
    return out


def mid(x, y):
    z = x * y
    if x == 150:
        return snapshot()
    del y
    return z


def top(n):
    acc = 0.0
    for i in range(n):
        r = mid(i, 2)
        if i == 150:
            return r
        acc += r


top(100)
for row in top(200):
    print(row)
