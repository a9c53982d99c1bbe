# corpus: compiled=read,write,fields,methods
"""Properties and fields of instances of up to twelve classes: the same one for all, different ones, hidden ones, and classes that change."""
import traceback


class Base:
    def __init__(self, a):
        self.a = a

    @property
    def double(self):
        return self.a * 2

    @double.setter
    def double(self, value):
        if value < 0:
            raise ValueError(f"{type(self).__name__} {value}")
        self.a = value // 2

    def method(self):
        return self.a + 1

    def __getattr__(self, name):
        if name == "missing":
            return "made up"
        raise AttributeError(name)


class Slots:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a

    double = property(lambda self: self.a * 3)

    def method(self):
        return self.a + 2


class Raises(Base):
    @property
    def double(self):
        if self.a > 90:
            raise KeyError(self.a)
        return -self.a


class Value(Base):
    double = 77


class Shadows(Base):
    def __init__(self, a):
        self.__dict__["double"] = "hidden"
        self.a = a


class Descriptor:
    def __get__(self, instance, owner):
        return "class" if instance is None else instance.a * 10


class Described(Base):
    double = Descriptor()


KINDS = [type(f"Kind{i}", (Base,), {}) for i in range(12)]


def read(objects):
    out = []
    for one in objects:
        try:
            out.append(one.double)
        except (KeyError, AttributeError) as error:
            out.append((type(error).__name__, str(error), [line.lineno for line in traceback.extract_tb(error.__traceback__)]))
    return out


def write(objects, value):
    for one in objects:
        one.double = value
    return [one.a for one in objects]


def fields(objects):
    n = 0
    for one in objects:
        n += one.a
    return n


def methods(objects):
    n = 0
    for one in objects:
        n += one.method()
    return n


def objects(kinds):
    return [kind(i) for i, kind in enumerate(kinds)]


for count in (2, 5, 9, 12):
    some = objects(KINDS[:count])
    for _ in range(50):
        read(some), fields(some), methods(some), write(some, 8)
    print(read(some), fields(some), methods(some), write(some, 6))
for kinds in ([Base, Slots], [Base, Raises, Slots, Value], [Described, Base, Shadows], [Base, Slots, Raises, Value, Described, *KINDS[:3]]):
    some = objects(kinds)
    for _ in range(50):
        read(some), fields(some), methods(some)
    print(read(some), fields(some), methods(some))
print(read([Raises(95), Base(1), Slots(2), Value(3)]), read([Base(1), Slots.__new__(Slots)]))
try:
    write(objects(KINDS[:5]), -1)
except ValueError as error:
    print(error, [line.lineno for line in traceback.extract_tb(error.__traceback__)])
some = objects(KINDS[:6])
print(read(some))
KINDS[2].double = property(lambda self: "new")
print(read(some))
Base.double = 5
print(read(some), read(objects(KINDS[:3])))
some[0].__dict__["double"] = "own"
print(read(some))
del Base.double, KINDS[2].double
print(read(some))
