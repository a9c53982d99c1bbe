# corpus: compiled=f
import sys


class T:
    pass


def f(x, n):
    seen = set()
    for i in range(n):
        y = x
        seen.add(sys.getrefcount(x))
        z = [y]
        seen.add(sys.getrefcount(x) - len(z))
        del y, z
        seen.add(sys.getrefcount(x))
    return sorted(seen)


t = T()
base = f(t, 1)
print(f(t, 300) == base, f(T(), 300) == f(T(), 1), [v - base[0] for v in base])
