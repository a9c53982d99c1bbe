# corpus: compiled=call skip-modes=background,default
import gc
import weakref


def make(k):
    class Temp:
        def f(self):
            return k

    return Temp


def call(o):
    return o.f()


refs = []
total = 0
for i in range(60):
    cls = make(i)
    refs.append(weakref.ref(cls))
    o = cls()
    for _ in range(5):
        total += call(o)
    del cls, o
    if i % 10 == 0:
        gc.collect()
gc.collect()
print(total, sum(r() is not None for r in refs))
