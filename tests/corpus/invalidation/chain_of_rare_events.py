# corpus: compiled=hot
import builtins


class Root:
    pass


class C(Root):
    k = 1

    def m(self):
        return self.k + K + len("ab") + f()


def f():
    return 5


K = 10


def hot(c, n):
    t = 0
    for _ in range(n):
        t += c.m()
    return t


def events():
    global K, f
    c = C()
    yield hot(c, 60)
    C.k = 2
    yield hot(c, 60)
    c.k = 3
    yield hot(c, 60)
    K = 20
    yield hot(c, 60)
    original = C.m
    C.m = lambda self: 1
    yield hot(c, 60)
    C.m = original
    yield hot(c, 60)
    f.__code__ = (lambda: 7).__code__
    yield hot(c, 60)
    f = lambda: 0.5
    yield hot(c, 60)
    globals()["len"] = lambda x: 100
    yield hot(c, 60)
    del globals()["len"]
    yield hot(c, 60)
    del c.k
    yield hot(c, 60)
    C.__getattribute__ = lambda self, name: object.__getattribute__(self, name)
    yield hot(c, 60)
    del C.__getattribute__
    C.__bases__ = (type("B", (), {"extra": 1}),)
    yield hot(c, 60)
    c.__class__ = type("D", (C,), {"k": 1000})
    yield hot(c, 60)


for i, value in enumerate(events()):
    print(i, value)
