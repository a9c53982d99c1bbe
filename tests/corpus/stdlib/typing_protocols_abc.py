# corpus: compiled=check
import abc
import collections.abc


class Base(abc.ABC):
    @abc.abstractmethod
    def f(self): ...


class Impl(Base):
    def f(self):
        return 1


class Meta(type):
    def __instancecheck__(cls, obj):
        log.append("check")
        return obj == 5

    def __subclasscheck__(cls, sub):
        return sub is str


class Odd(metaclass=Meta):
    pass


log = []


def check(x):
    return (isinstance(x, int), isinstance(x, (str, list)), isinstance(x, Base), isinstance(x, Odd),
            isinstance(x, collections.abc.Iterable), type(x) is int, issubclass(type(x), Odd))


for i in range(150):
    check(i)
print(check(5), check(True), check("s"), check([]), check(Impl()), len(log))
Base.register(list)
print(check([]))
try:
    Base()
except TypeError as error:
    print(error)
try:
    isinstance(1, 5)
except TypeError as error:
    print(error)
