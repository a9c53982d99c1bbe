# corpus: compiled=run
import gc
import weakref


class Node:
    pass


def run(n):
    refs = []
    for i in range(n):
        a, b = Node(), Node()
        a.other, b.other = b, a
        if i % 40 == 0:
            refs.append(weakref.ref(a))
    return refs


gc.disable()
refs = run(200)
print([r() is not None for r in refs])
del refs[:]
refs = run(120)
before = sum(r() is not None for r in refs)
gc.collect()
print(before, [r() for r in refs])
gc.enable()
gc.set_threshold(50)
refs = run(400)
print(sum(r() is not None for r in refs) < len(refs))
