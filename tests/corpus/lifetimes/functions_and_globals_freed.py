# corpus: compiled=work skip-modes=background,default
import gc
import weakref


class Witness:
    pass


def use(k):
    space = {"k": k, "w": Witness()}
    exec("def work(n):\n    t = 0\n    for i in range(n):\n        t += k\n    return t\n", space)
    r = weakref.ref(space["w"])
    code = weakref.ref(space["work"].__code__)
    total = sum(space["work"](40) for _ in range(3))
    function = weakref.ref(space["work"])
    return total, r, code, function


out = [use(k) for k in range(30)]
gc.collect()
print(sum(o[0] for o in out))
for i in (1, 2, 3):
    print(sum(o[i]() is not None for o in out))
