# corpus: compiled=norms,steps,several
# Builtin functions that call a special method of a class written in Python run it in place.
import math


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __abs__(self):
        return math.sqrt(self.x * self.x + self.y * self.y)

    def __round__(self):
        return Vector(round(self.x), round(self.y))


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __abs__(self):
        return Money(-self.cents if self.cents < 0 else self.cents)

    def __round__(self, digits=None):
        return (self.cents + 50) // 100 if digits is None else ("digits", digits)


class Counter:
    def __init__(self, end):
        self.now = 0
        self.end = end

    def __iter__(self):
        return self

    def __next__(self):
        if self.now >= self.end:
            raise StopIteration
        self.now += 1
        return self.now


class Odd:
    def __abs__(self):
        return None

    def __next__(self):
        return NotImplemented

    def __round__(self):
        return "round"


class Raising:
    def __abs__(self):
        raise ValueError("abs")


def norms(points):
    total = 0.0
    for a in points:
        for b in points:
            total += abs(a - b)
    return total


def steps(n):
    it = Counter(n)
    total = 0
    for _ in range(n):
        total += next(it)
    return total, it.now


def rounded(points):
    return [(round(p).x, round(p).y) for p in points]


def several(things):
    return [type(abs(thing)).__name__ for thing in things]


def raises(thing):
    return abs(thing)


points = [Vector(i * 0.7, 3 - i * i * 0.3) for i in range(12)]
things = [Vector(3, 4), Money(-250), 3, -2.5, Odd(), True, 1j, Vector(1, 2)]
for turn in range(30):
    print(norms(points), steps(9), rounded(points[:3]), several(things))
    print(abs(Money(-7)).cents, round(Money(1234)), round(Money(1234), 1), abs(Odd()), next(Odd()), round(Odd()))

it = Counter(2)
for turn in range(4):
    try:
        print(next(it))
    except StopIteration as error:
        print("end", error.args, error.__traceback__.tb_lineno, error.__traceback__.tb_next.tb_lineno)
print(next(it, "default"))
for thing in (Vector(1, 1), Money(5), Raising(), "text", None):
    try:
        print(type(raises(thing)))
    except Exception as error:
        where = error.__traceback__.tb_next
        print(type(error).__name__, error, where.tb_lineno, where.tb_next and where.tb_next.tb_lineno)
Vector.__abs__ = lambda self: self.x
print(norms(points[:3]), several(things))
del Vector.__abs__
try:
    norms(points)
except TypeError as error:
    print(error)
