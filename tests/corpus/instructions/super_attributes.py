# corpus: compiled=Child.method,Child.value,Child.make,shadowed
class Base:
    attribute = "base"

    def method(self, x):
        return x + 1

    @property
    def value(self):
        return self._value

    @classmethod
    def make(cls, x):
        return cls.__name__, x

    @staticmethod
    def meet(x):
        return "met", x


class Child(Base):
    def __init__(self, value):
        self._value = value

    def method(self, x):
        return super().method(x) * 2

    @property
    def value(self):
        return super().value + super(Child, self).value

    @classmethod
    def make(cls, x):
        return super().make(x)

    def meet(self, x):
        return super().meet(x), super().attribute, super().__class__.__name__

    def missing(self):
        return super().missing()

    def foreign(self, other):
        return super(Child, other).method(1)


class Odd(Child):
    def __getattribute__(self, name):
        return ("odd", name) if name == "surprise" else object.__getattribute__(self, name)

    def method(self, x):
        return super().method(x)


def shadowed(super, n):
    total = 0
    for i in range(n):
        total += super(i).real
    return total


class Cell:
    def __init__(self, deep):
        if deep:
            self.deep = [super().__repr__ for _ in range(2)]

    def late(self, n):
        self = 5 if n % 2 else self
        return super().__repr__()


child, odd = Child(3), Odd(4)
results = set()
for i in range(600):
    results.add((child.method(i % 3), child.value, child.make(1), Child.make(2), child.meet(3), odd.method(1)))
print(sorted(map(str, results)))
print(shadowed(int, 300))
for attempt in range(300):
    try:
        child.missing()
    except AttributeError as error:
        message = str(error), error.name
    try:
        child.foreign(7)
    except TypeError as error:
        message += (str(error),)
    try:
        message += (type(Cell(False).late(attempt)).__name__,)
    except TypeError as error:
        message += (str(error),)
print(message)
Base.method = lambda self, x: -x
print(child.method(5), odd.method(6))
Base.method = 7
try:
    child.method(1)
except TypeError as error:
    print(error)
