# corpus: compiled=work
import gc


class C:
    pass


def work(n):
    out = 0
    for i in range(n):
        c = C()
        c.v = [i, (i, c)]
        out += len(c.v)
        t = (i, [i])
        f = lambda: c
        g = (x for x in t)
        next(g)
        del c, f
    return out


gc.collect()
gc.disable()
work(200)
gc.collect()
before = len(gc.get_objects())
work(300)
print(gc.collect() > 0, len(gc.get_objects()) - before)
