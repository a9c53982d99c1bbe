# corpus: compiled=call,Key.of skip-modes=background
# Code that was made at run time dies with its functions, whether or not it was compiled to push a frame of its own.
import gc
import weakref

SOURCE = """
class Key:
    def of(self, items):
        return max(items, key=lambda item: -item)

def call(key, items):
    return key.of(items) + len(sorted(items, key=lambda item: item % 3))
"""


def made():
    space = {}
    exec(SOURCE, space)
    key, call = space["Key"](), space["call"]
    total = 0
    for _ in range(60):
        total += call(key, [3, 1, 2])
    return total, weakref.ref(call.__code__), weakref.ref(space["Key"].of.__code__)


for _ in range(4):
    total, *codes = made()
    gc.collect()
    print(total, [code() is None for code in codes])
