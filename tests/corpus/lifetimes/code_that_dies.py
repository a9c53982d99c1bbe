# corpus: compiled=call,Key.of,single,make skip-modes=background,default
# Code that was made at run time dies with its functions, whether or not it was compiled to push a frame of its own, or with
# methods of the same module inlined into it.
import gc
import weakref

SOURCE = """
class Key:
    def __init__(self, start):
        self.start = start

    @property
    def first(self):
        return self.start

    def of(self, items):
        return max(items, key=lambda item: -item)

def call(key, items):
    return key.of(items) + len(sorted(items, key=lambda item: item % 3))

def make(key, items):
    return Key(items[0]).first

def single(key, items):
    return sorted(items)[0]
"""


def made():
    space = {}
    exec(SOURCE, space)
    # Called by C code: what is compiled of this function is not to keep what it calls alive.
    key, items = space["Key"](0), [3, 1, 2]
    total = sum(list(map(space["call"], [key] * 60, [items] * 60)))
    total += sum(list(map(space["single"], [key] * 60, [items] * 60)))
    total += sum(list(map(space["make"], [key] * 60, [items] * 60)))
    functions = space["call"], space["single"], space["make"], space["Key"].of, space["Key"].__dict__["first"].fget
    return total, [weakref.ref(function.__code__) for function in functions]


rounds = [made() for _ in range(4)]
gc.collect()
print([(total, [code() is None for code in codes]) for total, codes in rounds])
