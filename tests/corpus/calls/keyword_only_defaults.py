# corpus: compiled=plain,mutated,replaced,methods,made,mapped,dropped skip-modes=background,default
# Defaults of keyword-only parameters, which are in a dictionary that anybody may change.
import sys


def scale(x, *, by=2, plus=0):
    return x * by + plus


def required(x, *, by, plus=1):
    return x * by + plus


def pair(first, *, second=()):
    return first, second


class Shape:
    def __init__(self, side, *, color="red", tags=None):
        self.side, self.color, self.tags = side, color, tags

    def area(self, *, unit=1):
        return self.side * self.side * unit

    @classmethod
    def of(cls, side, *, color="blue"):
        return cls(side, color=color)

    @staticmethod
    def double(x, *, times=2):
        return x * times


def plain(n):
    total = 0
    for i in range(n):
        total += scale(i) + scale(i, by=3) + scale(i, plus=i) + scale(i, plus=1, by=i) + required(i, by=2)
        total += len(pair(i)[1])
    return total


def missing(n):
    found = set()
    for i in range(n):
        try:
            required(i)
        except TypeError as error:
            found.add(str(error))
    return found


def mutated(n):
    found = []
    for i in range(n):
        if i == n - 20:
            scale.__kwdefaults__["by"] = 5
        if i == n - 10:
            del scale.__kwdefaults__["plus"]
        if i == n - 5:
            scale.__kwdefaults__["plus"] = 100
        try:
            found.append(scale(i))
        except TypeError as error:
            found.append(str(error))
    scale.__kwdefaults__.clear()
    scale.__kwdefaults__.update(by=2, plus=0)
    return found[-25:]


def replaced(n):
    found = []
    kept = scale.__kwdefaults__
    for i in range(n):
        if i == n - 20:
            scale.__kwdefaults__ = {"by": 7, "plus": 1}
        if i == n - 10:
            scale.__kwdefaults__ = None
        if i == n - 5:
            scale.__kwdefaults__ = kept
        try:
            found.append(scale(i))
        except TypeError as error:
            found.append(str(error))
    return found[-25:]


def methods(n):
    total = 0
    for i in range(n):
        shape = Shape(i)
        total += shape.area() + shape.area(unit=2) + len(shape.color) + len(Shape.of(i).color) + Shape.double(i)
        total += len(Shape(i, color="x").color) + (shape.tags is None)
    return total


def made(n):
    total = 0
    for i in range(n):
        def local(x, *, by=i):
            return x * by

        total += local(i) + local(i, by=1) + (lambda x, *, k=3: x + k)(i)
    return total


def mapped(n):
    some, none = {"by": 3}, {}
    total = 0
    for i in range(n):
        total += scale(i, **some) + scale(i, **none) + scale(*(i,), plus=1) + scale(*(i,), **some)
    return total


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dies", self.name)


def dropped(n):
    pair.__kwdefaults__["second"] = Dies("first")
    for i in range(n):
        pair(i)
        if i == n - 3:
            print("before")
            pair.__kwdefaults__["second"] = ()
            print("behind")
    return sys.getrefcount(pair.__kwdefaults__)


for turns in (5, 400):
    print(plain(turns), missing(turns))
    if turns > 100:
        print(mutated(turns))
        print(replaced(turns))
        print(dropped(turns))
    print(methods(turns), made(turns), mapped(turns))
