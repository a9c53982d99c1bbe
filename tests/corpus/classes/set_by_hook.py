# corpus: compiled=frozen,made,equal,hooked,explicit,refused,classes,kept
import traceback
from dataclasses import dataclass, field

# Classes with a `__setattr__` of their own, and `object.__setattr__` called as such; `__class__`.
@dataclass(frozen=True)
class Point:
    x: int
    y: float = 0.5
    tags: list = field(default_factory=list)

    def __post_init__(self):
        if self.x == 77:
            object.__setattr__(self, "y", "set")


@dataclass(frozen=True, slots=True)
class Slots:
    x: int
    y: int


@dataclass(frozen=True)
class Derived(Point):
    z: int = 3


class Hooked:
    extra = property(lambda self: 5)

    def __init__(self, a):
        self.a = a

    def __setattr__(self, name, value):
        log.append(name)
        object.__setattr__(self, name, value)


class Counted:
    def __init__(self, a):
        object.__setattr__(self, "a", a)
        object.__setattr__(self, "b", [a])
        object.__setattr__(self, "a", a + 1)

    def __setattr__(self, name, value):
        raise AttributeError(f"no {name}")


class Proxy:
    def __init__(self, target):
        self.target = target

    @property
    def __class__(self):
        return type(self.target)


class Swapped:
    pass


class Other:
    pass


log = []


def frozen(n):
    total = 0
    for i in range(n):
        point = Point(i % 80)
        total += point.x + (point.y if isinstance(point.y, float) else 1000) + len(point.tags)
    return total


def made(n):
    seen = []
    for i in range(n):
        seen.append((Slots(i, 2), Derived(i, z=i), Point(i, tags=[i])))
    return seen[-1], hash(seen[3][0])


def equal(a, b, n):
    same = 0
    for i in range(n):
        same += (a == b) + (a != Slots(i, 2)) + (a == Point(i)) + (Slots(i, 2) == a)
    return same


def hooked(n):
    log.clear()
    total = 0
    for i in range(n):
        one = Hooked(i)
        one.a += 1
        one.b = one.a
        total += one.b + one.extra
    return total, len(log), log[-4:]


def explicit(n):
    total = 0
    for i in range(n):
        one = Counted(i)
        total += one.a + one.b[0]
        try:
            one.a = 5
        except AttributeError:
            total += 1
    return total, vars(one)


def refused(one, n):
    seen = 0
    for i in range(n):
        try:
            one.x = i
        except AttributeError as error:
            seen += len(str(error))
            where = [(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)][:1]
    return seen, where


def classes(values, n):
    names = []
    for i in range(n):
        names.append(values[i % len(values)].__class__.__name__)
    return names[: len(values)], len(set(names))


def kept(n):
    kinds = 0
    for i in range(n):
        one = Swapped()
        kind = one.__class__
        if i % 3 == 0:
            one.__class__ = Other
        kinds += (kind is Swapped) + (one.__class__ is Swapped) + (one.__class__ is Other) * 10
        kinds += Point(i).__class__ is Point
    return kinds


def fails(n):
    for i in range(n):
        if i == 50:
            object.__setattr__(5, "x", 1)
        object.__setattr__(Swapped(), "x", 1)


for _ in range(3):
    print(frozen(90), made(40), equal(Slots(1, 2), Slots(1, 2), 50))
    print(hooked(40), explicit(40), refused(Slots(1, 2), 40), refused(Point(1), 40))
    print(classes([1, "a", 2.5, Point(1), Proxy(Swapped()), Proxy([])], 60), classes([Slots(1, 2)], 40), kept(60))
    try:
        fails(60)
    except AttributeError as error:
        print(error, [(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)])
    try:
        Slots(1, 2).z = 5
    except Exception as error:
        print(type(error).__name__, error)

# A hook appears, and goes.
class Late:
    def __init__(self, a):
        self.a = a


def late(n):
    total = 0
    for i in range(n):
        one = Late(i)
        one.a += 1
        total += one.a
    return total


print(late(60))
Late.__setattr__ = lambda self, name, value: object.__setattr__(self, name, value * 10)
print(late(60))
del Late.__setattr__
print(late(60))
Point.__init__.__closure__[0].cell_contents
before = object.__setattr__
cells = dict(zip(Point.__init__.__code__.co_freevars, Point.__init__.__closure__))


class Loud:
    @staticmethod
    def __setattr__(one, name, value):
        before(one, name, (name, value))


cells["__dataclass_builtins_object__"].cell_contents = Loud
print(Point(3).x, [Point(i).x for i in range(3)])
cells["__dataclass_builtins_object__"].cell_contents = object
print(frozen(60))
