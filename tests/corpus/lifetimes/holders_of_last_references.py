# corpus: compiled=drop,made
# Methods, iterators, views and generators that die and held the last reference to something with a finalizer, or did not.
import sys
import weakref


class Loud:
    def __init__(self, name):
        self.name = name

    def method(self):
        return self

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.name, frame.f_code.co_name, frame.f_lineno, sorted(frame.f_locals)))


def gen(*held):
    yield held
    yield 2


def ended(*held):
    return advanced(gen(*held))


def begun(*held):
    g = gen(*held)
    next(g)
    return g


def watched(thing, name):
    refs.append(weakref.ref(thing, lambda _: log.append(("callback", name, sys._getframe(1).f_lineno))))
    return thing


def advanced(iterator):
    for _ in iterator:
        pass
    return iterator


log, refs = [], []
kept = [Loud("kept"), Loud("also kept")]
makers = [
    lambda: Loud("method").method,
    lambda: kept[0].method,
    lambda: [Loud("builtin method")].append,
    lambda: kept.append,
    lambda: kept[0].__init__,
    lambda: iter([Loud("list iterator")]),
    lambda: iter((Loud("tuple iterator"), 1)),
    lambda: advanced(iter([1, 2])),
    lambda: iter(kept),
    lambda: {"a": Loud("values")}.values(),
    lambda: {Loud("keys"): 1}.keys(),
    lambda: {1: Loud("items")}.items(),
    lambda: iter({1: Loud("items iterator")}.items()),
    lambda: dict.fromkeys("ab").items(),
    lambda: ended(Loud("ended")),
    lambda: begun(Loud("begun")),
    lambda: gen(Loud("not begun")),
    lambda: watched(ended(), "ended"),
    lambda: watched(kept[0].method, "method"),
    lambda: watched(begun(), "begun"),
    lambda: (x for x in [Loud("expression")]),
    lambda: (x for x in kept),
    lambda: enumerate([Loud("enumerate")]),
    lambda: zip([Loud("zip")], kept),
    lambda: map(str, [Loud("map")]),
    lambda: reversed([Loud("reversed")]),
    lambda: [kept[0].method, kept[0].method, iter(kept), (x for x in kept)],
    lambda: [Loud("method in a list").method, iter([Loud("iterator in a list")])],
]


def drop(make):
    made = make()
    made = None
    return made


def made(n):
    total = 0
    for i in range(n):
        for x in (y for y in [i, i + 1]):
            total += x
        for key, value in {i: 1}.items():
            total += key + value
        m = kept[i & 1].method
        total += m() is kept[i & 1]
        total += len([iter(kept), m])
    return total


for turn in range(60):
    for make in makers:
        drop(make)
    total = made(50)
    if turn in (0, 30, 59):
        print(total, log)
    log.clear()
    refs.clear()
print([sys.getrefcount(k) - 2 for k in kept], kept.clear(), log)
