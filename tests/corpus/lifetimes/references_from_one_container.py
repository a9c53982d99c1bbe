# corpus: compiled=drop
# Objects that a dying container refers to more than once: their finalizers see the frame that dropped the container.
import collections
import sys

seen = []


class Noted:
    def __del__(self):
        caller = sys._getframe(1)
        seen.append((caller.f_code.co_name, caller.f_lineno - caller.f_code.co_firstlineno))


def drop(pool, i):
    pool[i] = None
    return i


def drop_all(pool):
    for i in range(len(pool)):
        drop(pool, i)


class Pair:
    def __init__(self, value):
        self.left = value
        self.right = [value]


def twins(make, n):
    return [make(Noted()) for _ in range(n)]


for make in (lambda x: [x, x], lambda x: (x, [x]), Pair, lambda x: {1: x, 2: x}, lambda x: {x, (x,)}, lambda x: ({"a": [x]},)):
    for _ in range(3):
        drop_all([None] * 300)
        drop_all(twins(make, 300))
    print(collections.Counter(seen))
    seen.clear()
