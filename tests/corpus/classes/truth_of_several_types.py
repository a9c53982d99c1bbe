# corpus: compiled=count,chained,negated,kept,asks
"""Truth tests of objects of several types: None, numbers, containers, classes with `__bool__`, with `__len__`, with neither; errors in each way, classes that
change meanwhile, and values that end with the test."""
import traceback

LOG = []


class Plain:
    pass


class Other(Plain):
    pass


class Full:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Fuller(Full):
    pass


class Yes:
    def __init__(self, answer):
        self.answer = answer

    def __bool__(self):
        return self.answer


class No(Yes):
    pass


class Both(Full):
    def __bool__(self):
        return self.n > 5


class Dies:
    def __init__(self, truth):
        self.truth = truth

    def __bool__(self):
        LOG.append(f"asked {self.truth}")
        return self.truth

    def __del__(self):
        LOG.append(f"died {self.truth}")


def count(values):
    n = 0
    for value in values:
        if value:
            n += 1
    return n


def chained(values):
    out = []
    for value in values:
        out.append((value or "nothing") is value)
        out.append((value and "something") is value)
    return out


def negated(values):
    n = 0
    for value in values:
        while not value:
            n += 1
            break
        n += 2 if not value else 3
    return n


def kept(values):
    return [bool(value) for value in values if value]


def asks(makers):
    n = 0
    for make in makers:
        if make():
            LOG.append("true")
            n += 1
        else:
            LOG.append("false")
    return n


FEW = [None, Plain(), 0, 3]
SETS = [
    FEW,
    [None, "", "x", [], [0]],
    [Full(0), Full(2), Fuller(0), Fuller(1), None],
    [Yes(True), No(False), Yes(False), Plain(), Other()],
    [Both(1), Both(9), Full(1), Yes(True), None],
    [0.0, 1.5, -0.0, None, 2**70, 0],
    [{}, {1: 2}, (), (0,), set(), {1}, b"", b"y", range(0), range(1)],
]
for values in SETS:
    for _ in range(40):
        count(values), chained(values), negated(values)
    print(count(values), chained(values), negated(values), kept(values))
mixed = [value for values in SETS for value in values]
for _ in range(30):
    count(mixed), negated(mixed)
print(count(mixed), negated(mixed), kept(mixed))

makers = [lambda: Dies(True), lambda: Dies(False), lambda: None, lambda: Plain(), lambda: Full(0)]
for _ in range(30):
    LOG.clear()
    asks(makers)
print(asks(makers[:3]), LOG)


def failing(values):
    out = []
    for value in values:
        try:
            if value:
                out.append("yes")
            else:
                out.append("no")
        except Exception as error:
            out.append((type(error).__name__, str(error), traceback.extract_tb(error.__traceback__)[-1].lineno))
    return out


class Wrong(Yes):
    def __bool__(self):
        return self.answer if isinstance(self.answer, bool) else self.answer()


def raises():
    raise KeyError("asked")


some = [Full(1), Wrong(True), Yes(False), None]
for _ in range(60):
    failing(some)
print(failing(some + [Full(-1), Full(2**70), Full("x"), Wrong(lambda: 1), Wrong(raises), Yes(2), Yes(None)]))
for _ in range(60):
    failing(some + [Full(-1), Wrong(raises)])
print(failing(some + [Full(-1), Wrong(raises)]))

print(count(SETS[3]), count(SETS[2]))
Plain.__bool__ = lambda self: False
print(count(SETS[3]), count(FEW))
Full.__bool__ = lambda self: True
print(count(SETS[2]), count(SETS[4]))
del Plain.__bool__, Full.__bool__
Full.__len__ = lambda self: 7
print(count(SETS[3]), count(SETS[2]))
No.__bool__ = lambda self: True
print(count(SETS[3]))
