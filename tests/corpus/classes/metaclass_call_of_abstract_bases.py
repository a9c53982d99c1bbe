# corpus: compiled=run
from abc import ABC, abstractmethod


class Meta(type):
    pass


class Shape(ABC):
    def __init__(self, name):
        self.name = name

    @abstractmethod
    def area(self): ...


class Circle(Shape):
    def __init__(self, r):
        super().__init__("circle")
        self.r = r

    def area(self):
        return self.r * self.r


class Point(metaclass=Meta):
    def __init__(self, x):
        self.x = x


def run(n):
    total = 0
    for i in range(n):
        total += Circle(i).area() + Point(i).x
    return total, type(Circle(1)).__name__, type(Point(1)).__name__


print(run(100))
Meta.__call__ = lambda cls, *args: 7 if args[0] % 2 else type.__call__(cls, *args)


def called(n):
    found = []
    for i in range(n):
        found.append(getattr(Point(i), "x", "none"))
    return found[-4:]


print(called(30))
del Meta.__call__
print(called(30))
Circle.__abstractmethods__ = frozenset({"area"})
try:
    print(run(5))
except TypeError as error:
    print(error)
Circle.__abstractmethods__ = frozenset()
print(run(5))
try:
    Shape("x")
except TypeError as error:
    print(error)
