# corpus: compiled=f skip-modes=background,default
import sys


class T:
    pass


def f(t, k):
    a = [t, t]
    b = (t, a)
    try:
        if k == 1:
            t.missing
        if k == 2:
            a[5] = t
        if k == 3:
            t + t
        if k == 4:
            f(t, 1, t)
        if k == 5:
            a, b, c = a
        if k == 6:
            {t: t}[k]
        if k == 7:
            t()
    except (AttributeError, IndexError, TypeError, ValueError, KeyError) as error:
        return type(error).__name__
    return "none"


t = T()
for _ in range(100):
    f(t, 0)
before = sys.getrefcount(t)
print([f(t, k) for k in range(8)], sys.getrefcount(t) - before)
for _ in range(200):
    for k in range(8):
        f(t, k)
print(sys.getrefcount(t) - before)
