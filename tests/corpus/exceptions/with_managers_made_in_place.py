# corpus: compiled=counts,suppresses stderr
"""`with` statements whose managers are made for them: `__exit__` with three parameters and with `*exc`, suppressed and other exceptions, classes that change, managers
of several classes, and ones that end with the statement."""
import traceback

LOG = []


class Three:
    depth = 0

    def __enter__(self):
        Three.depth += 1
        return self

    def __exit__(self, kind, error, tb):
        Three.depth -= 1
        return kind is ValueError


class All:
    def __enter__(self):
        LOG.append("enter")
        return 5

    def __exit__(self, *exc):
        LOG.append(f"exit {len(exc)} {exc[0] and exc[0].__name__} {exc[1]!r} {exc[2] is not None}")
        return exc[0] is KeyError


class Named:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self.name

    def __exit__(self, kind=None, *rest):
        LOG.append((self.name, kind, rest[0]))

    def __del__(self):
        LOG.append(f"end of {self.name}")


class Bad:
    def __enter__(self):
        raise RuntimeError("no entry")

    def __exit__(self, *exc): ...


def counts(n):
    total = 0
    for i in range(n):
        with Three() as three:
            total += three.depth
        total += Three.depth
    return total


def suppresses(n):
    total = 0
    for i in range(n):
        with Three():
            if i % 3 == 0:
                raise ValueError(i)
            total += i
    return total


def takes_all(n):
    total = 0
    for i in range(n):
        with All() as five:
            total += five
            if i % 2:
                raise KeyError(i)
    return total


def named_parts(n):
    out = []
    for i in range(n):
        with Named(i) as one, Named(-i) as other:
            out.append(one + other)
            LOG.append("inside")
    return out


def by_turns(kinds, n):
    total = 0
    for i in range(n):
        with kinds[i % len(kinds)]() as got:
            total += 1 if got == 5 else 2
    return total


def leaves(n):
    for i in range(n):
        with All():
            if i == 2:
                return i
            if i == 1:
                continue
    return -1


def report(what, *arguments):
    try:
        print(what.__name__, what(*arguments))
    except Exception:
        traceback.print_exc()
    print(LOG)
    LOG.clear()


for _ in range(3):
    report(counts, 50)
    report(suppresses, 40)
    report(takes_all, 6)
    report(named_parts, 4)
    report(by_turns, [Three, All], 8)
    report(leaves, 5)
report(by_turns, [Three, Bad], 4)
report(by_turns, [Three, object], 4)
Three.__exit__ = lambda self, *rest: LOG.append(rest) or True
report(suppresses, 4)
report(counts, 3)
del Three.__exit__
report(counts, 3)
