# corpus: compiled=made,read,taken,short,own_iter,others,counted,ends,singletons,with_dict,factories
import gc
import traceback
from collections import namedtuple
from typing import NamedTuple

# Named tuples, other classes that derive from `tuple`, and classes with a `__new__` and no `__init__`.
Pair = namedtuple("Pair", "x y", defaults=[5])


class Point(NamedTuple):
    x: int
    y: float = 0.5

    def scaled(self, factor):
        return Point(self.x * factor, y=self.y * factor)


class Derived(Point):
    """Instances have a dict."""


class Sorted(Pair):
    __slots__ = ()

    def __new__(cls, x, y):
        return super().__new__(cls, *sorted((x, y)))

    @property
    def width(self):
        return self.y - self.x


class Reversed(Pair):
    __slots__ = ()

    def __iter__(self):
        return iter((self[1], self[0]))


class One:
    made = 0
    only = None

    def __new__(cls, value=3, *, times=1):
        if cls.only is None:
            cls.only = object.__new__(cls)
        cls.only.value = value * times
        cls.made += 1
        return cls.only


class Odd:
    def __new__(cls, value):
        if value > 50:
            raise ValueError(value)
        return value if value % 2 else [value]


class Shape:
    """Makes instances of a class with an `__init__`, too."""

    def __new__(cls, kind):
        return object.__new__(Circle if kind % 2 else cls)


class Circle(Shape):
    def __init__(self, kind):
        self.kind = kind


class Base(tuple):
    def __new__(cls, first):
        return tuple.__new__(Wide, (first, first))


class Wide(Base):
    def __init__(self, first):
        self.first = first


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def made(n):
    kept = []
    for i in range(n):
        kept.append((Pair(i), Pair(i, y=2), Point(i), Point(y=1.0, x=i), Derived(i), Sorted(i, 3)))
    return kept[-1], type(kept[-1][1]), kept[-1] == kept[-2], hash(kept[-1][1])


def read(points, n):
    total = 0
    for i in range(n):
        point = points[i % len(points)]
        total += point.x + point.y + point[0] + len(point)
        total += point.scaled(2).x if isinstance(point, Point) else 1
    return total


def taken(pairs, n):
    total = 0
    for i in range(n):
        a, b = pairs[i % len(pairs)]
        total = total * 3 + a - b
        total &= 0xFFFFFF
    return total


def short(one, n):
    for i in range(n):
        if i == 40:
            one = tuple.__new__(Pair, (1,))
        one.x
        one.y


def wrong(one, n):
    for i in range(n):
        a, b = one
        if i == 40:
            one = tuple.__new__(Pair, (1, 2, 3))


def own_iter(one, n):
    seen = []
    for i in range(n):
        a, b = one
        seen.append((a, b, one.x, list(one)))
    return seen[-1]


def others(n):
    seen = []
    for i in range(n):
        try:
            seen.append(Odd(i))
        except ValueError as error:
            seen.append(error.args)
            where = [(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    return seen[-3:], seen[7:9], where


def singletons(n):
    same = 0
    for i in range(n):
        same += One(i) is One(value=i, times=2)
    return same, One.made, One.only.value


def factories(n):
    """Whose `__init__` is called."""
    kinds = []
    for i in range(n):
        kinds.append((getattr(Shape(i), "kind", "plain"), Base(i).first, len(Base(i))))
    return kinds[-2:]


def counted(n):
    """What the items are given up to."""
    value = Loud("kept")
    for i in range(n):
        pair = Pair(value, i)
        other = pair._replace(y=value)
        Pair._make((value, value))
    log.append(other.x is value)
    del pair, other
    log.append("last")
    del value
    log.append("end")
    return log[-4:]


def ends(n):
    for i in range(n):
        pair = Pair(Loud(f"a{i}"), Loud(f"b{i}"))
        log.append("made")
        pair = None
        log.append("gone")
    return log[-6:]


def with_dict(n):
    for i in range(n):
        one = Derived(i)
        one.more = [i]
        one.again = one
    return sorted(vars(one))


for _ in range(3):
    log.clear()
    print(made(40))
    print(read([Point(1), Point(2, 3.0)], 50), read([Pair(1), Point(2), Sorted(9, 1)], 60), read([Derived(1)], 40))
    print(taken([Pair(1, 2)], 50), taken([Pair(1, 2), (3, 4), Point(2, 1)], 50), taken([[1, 2], Sorted(9, 3)], 50))
    for check, one in ((short, Pair(1, 2)), (wrong, Pair(1, 2))):
        try:
            check(one, 60)
        except (IndexError, ValueError) as error:
            print(type(error).__name__, error, [(frame.name, frame.lineno, frame.colno) for frame in traceback.extract_tb(error.__traceback__)])
    print(own_iter(Reversed(1, 2), 50), own_iter(Pair(1, 2), 50))
    print(others(60), singletons(30), factories(60))
    print(counted(40), ends(40), with_dict(40))
gc.collect()
print(sum(type(one) is Derived for one in gc.get_objects()), Sorted(9, 1).width)

# Changed while running.
print(made(3)[0])
Pair.__new__.__defaults__ = (7,)
print(made(3)[0][0])
Sorted.__iter__ = lambda self: iter((0, 0))
print(taken([Sorted(9, 3)], 5))
Pair.x = property(lambda self: 100)
print(read([Pair(1, 2)], 5))
Pair.__init__ = lambda self, *args, **kwargs: log.append("init")
log.clear()
print(made(2)[0][0], log)
Odd.__new__ = staticmethod(lambda cls, value: "replaced")
print(Odd(3))
