# corpus: compiled=reads,writes,checked,named,raises,hooked,dies
import enum
import traceback

# Data descriptors whose classes are written in Python.
class Typed:
    def __init__(self, kind, default=None):
        self.kind = kind
        self.default = default

    def __set_name__(self, owner, name):
        self.name = name
        self.slot = "_" + name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return instance.__dict__.get(self.slot, self.default)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name}: {value!r}")
        instance.__dict__[self.slot] = value


class Fixed:
    def __get__(self, instance, owner):
        return owner.__name__, instance.base

    def __set__(self, instance, value):
        instance.base = value + 1


class Positive:
    """Only writes: the instance has the value."""

    def __set_name__(self, owner, name):
        self.name = name

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(value)
        instance.__dict__[self.name] = value


class Failing:
    def __init__(self, error):
        self.error = error

    def __get__(self, instance, owner):
        if instance.count > 40:
            raise self.error(instance.count)
        return instance.count

    def __set__(self, instance, value):
        instance.count = value


class Point:
    x = Typed(int, 3)
    y = Typed(str)
    fixed = Fixed()
    size = Positive()

    def __init__(self, base):
        self.base = base


class Child(Point):
    x = 7


class Raises:
    plain = Failing(ValueError)
    missing = Failing(AttributeError)

    def __init__(self):
        self.count = 0


class Hooked(Raises):
    def __getattr__(self, name):
        return f"no {name}"


class Color(enum.Enum):
    RED = 1
    GREEN = 2


def reads(point, n):
    total = 0
    for i in range(n):
        total += point.x
        name, base = point.fixed
        total += base + len(name)
    return total


def writes(point, n):
    for i in range(n):
        point.x = i
        point.y = str(i)
        point.fixed = i
        point.size = i + 1
    return point.x, point.y, point.fixed, point.size


def checked(point, values):
    refused = []
    for value in values:
        try:
            point.x = value
        except TypeError as error:
            refused.append(str(error))
    return len(refused), refused[-1:]


def named(colors, n):
    seen = 0
    for i in range(n):
        color = colors[i % 2]
        seen += len(color.name) * color.value
    return seen


def raises(one, n):
    seen = 0
    for i in range(n):
        one.plain = i
        seen += one.plain
    return seen


def hooked(one, n):
    seen = []
    for i in range(n):
        one.missing = i
        seen.append(one.missing)
    return seen[-2:]


class Loud:
    fixed = Fixed()

    def __init__(self, base):
        self.base = base

    def __del__(self):
        log.append(self.base)


class Text:
    def __init__(self, name):
        self.name = name

    def __add__(self, other):
        return Text(self.name + str(other))

    def __del__(self):
        log.append(self.name)


log = []


def dies(n):
    for i in range(n):
        log.append(Loud(i).fixed)
        Loud(i).fixed = Text(f"text {i}")
        log.append("next")


for _ in range(3):
    print(reads(Point(1), 60), writes(Point(1), 60), reads(Child(2), 60))
    point = Point(5)
    print(checked(point, list(range(50)) + ["text", 2.5]), checked(point, ["a", 1, None] * 10))
    print(named(list(Color), 60))
    for one in Raises(), Hooked():
        try:
            print(raises(one, 30))
            print(raises(one, 60))
        except ValueError as error:
            print(error, [(frame.name, frame.lineno, frame.colno) for frame in traceback.extract_tb(error.__traceback__)])
        try:
            print(hooked(one, 60))
        except AttributeError as error:
            print(error, [(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)])
    try:
        point.size = -1
    except ValueError as error:
        print(error)
    log.clear()
    dies(20)
    print(log[-12:])

# The descriptor, its class and its methods change.
print(reads(point, 10))
Typed.__get__ = lambda self, instance, owner: 100
print(reads(point, 10))
Fixed.__get__ = None
try:
    reads(point, 10)
except TypeError as error:
    print(error)
del Fixed.__get__
vars(point)["fixed"] = ("own", 1)
print(reads(point, 10))
Point.x = 5
print(reads(point, 10))
Point.fixed = property(lambda self: ("property", 2))
print(reads(point, 10))
del Typed.__set__
Point.x = Typed(int)
print(reads(point, 10))
