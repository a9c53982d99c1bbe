# corpus: compiled=run
import sys
import weakref


class Thing:
    pass


def fail(x):
    local = x
    raise ValueError("v")


def run(thing, n):
    for i in range(n):
        try:
            fail(thing)
        except ValueError as error:
            saved = error
    del saved
    return sys.getrefcount(thing)


t = Thing()
first = run(t, 1)
print(run(t, 300) - first, run(t, 1) - first)
r = weakref.ref(t)
del t
print(r())
