# corpus: compiled=touch,pass_on,hold skip-modes=background,default
import sys


class T:
    pass


def touch(a):
    return a


def pass_on(a, b=None, *c, **d):
    return touch(a) is a


def hold(a, n):
    for i in range(n):
        x = a
        y = [x, a]
        pass_on(x, y, a, k=a)
    return sys.getrefcount(a)


t = T()
before = sys.getrefcount(t)
for _ in range(200):
    pass_on(t, t, t, z=t)
print(sys.getrefcount(t) - before, hold(t, 1) - before, hold(t, 200) - before, sys.getrefcount(t) - before)
for bad in range(100):
    try:
        touch(t, t)
    except TypeError:
        pass
print(sys.getrefcount(t) - before)
