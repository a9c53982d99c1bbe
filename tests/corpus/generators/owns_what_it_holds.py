# corpus: compiled=holding
import sys
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        if self.name:
            print("gone", self.name)


def holding(things):
    last = None
    for thing in things:
        yield sys.getrefcount(thing)
        last = thing
        yield thing
    del thing
    yield "almost"
    return last


for _ in range(200):
    list(holding([Thing(""), Thing("")]))

things = [Thing("a"), Thing("b")]
before = [sys.getrefcount(t) for t in things]
result = list(holding(things))
print([r for r in result if not isinstance(r, Thing)])
del result
print([sys.getrefcount(t) for t in things] == before)

it = holding(things)
print(sum(1 for _ in zip(it, "xyz")))
print([sys.getrefcount(t) - n for t, n in zip(things, before)])
refs = [weakref.ref(t) for t in things]
del things
print([r() is None for r in refs])
print(sum(1 for _ in it), [r() is None for r in refs])
del it
print([r() is None for r in refs])


def made(names):
    for name in names:
        yield Thing(name)
        if name:
            print("after", name)


def count(it):
    n = 0
    for item in it:
        n += 1
    return n


for _ in range(100):
    count(made(["", "", ""]))
print(count(made(["p", "q"])))
