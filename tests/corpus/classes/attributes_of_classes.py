# corpus: compiled=through_class,through_instance,calls,constants
# What is loaded from classes: values, functions, static and class methods; changes of all of them, and what hides them.
import enum


class Meta(type):
    @property
    def shadowed(cls):
        return "meta"

    def plain(cls):
        return "meta plain"

    def __call__(cls, *args):
        return super().__call__(*args), "made"


class Base:
    limit = 3
    table = {"a": 1}

    @staticmethod
    def twice(x):
        return x * 2

    @classmethod
    def named(cls, x):
        return cls.__name__, x

    @classmethod
    def make(cls, x):
        made = cls()
        made.x = x
        return made

    def method(self, x=1):
        return x

    length = staticmethod(len)
    shown = classmethod(repr)


class Derived(Base):
    limit = 4


def through_class(n, changes):
    seen = []
    for i in range(n):
        if i in changes:
            seen.append((i, changes[i]()))
        now = Base.limit, Base.twice(i), Base.named(i), Derived.named(i)[0], Derived.limit, Base.table["a"], Base.method(None, i)
        now += Base.length("abc"), Derived.make(i).x, Base.twice is Base.twice, Base.named == Base.named, Base.named.__self__ is Base
        if not seen or seen[-1] != now[:1] + now[2:3]:
            seen.append(now[:1] + now[2:3])
    return seen[-4:], now


def through_instance(n, thing, changes):
    for i in range(n):
        if i in changes:
            changes[i](thing)
        now = thing.limit, thing.twice(i), thing.named(i), thing.make(i).x, thing.length([1]), thing.method()
        function = thing.twice
        bound = thing.named
    return now, function(4), bound(5), function is type(thing).__dict__.get("twice", function), getattr(bound, "__self__", Base).__name__


def set_limit(value):
    Base.limit = value
    return value


print(through_class(150, {}))
print(through_class(150, {70: lambda: set_limit(30), 140: lambda: set_limit(31)}))
print(through_instance(150, Base(), {}))
print(through_instance(150, Derived(), {}))
print(through_instance(150, Derived(), {140: lambda thing: setattr(thing, "twice", lambda x: "own")}))
print(through_instance(150, Derived(), {140: lambda thing: setattr(thing, "named", lambda x: "own") or setattr(thing.__class__, "extra", 1)} | {})[0])


# The function in a wrapper is replaced, which the class does not hear of.
wrapper = Base.__dict__["twice"]
print(through_class(150, {120: lambda: wrapper.__init__(lambda x: ("other", x))})[1][1])
method = Base.__dict__["named"]
print(through_class(150, {120: lambda: method.__init__(lambda cls, x: ("other", cls.__name__))})[1][2:4])


class Descriptor:
    def __get__(self, instance, owner):
        return "got", instance is None, owner.__name__


class Holder:
    pass


class Odd(metaclass=Meta):
    value = Descriptor()
    holder = Holder()
    shadowed = "own"
    plain = "own plain"


def constants(n, change):
    for i in range(n):
        if i == n - 10:
            change()
        now = Odd.value, type(Odd.holder).__name__, Odd.shadowed, Odd.plain
        if isinstance(now[1], str) and i == n - 1:
            now += (Odd.holder if isinstance(Odd.holder, tuple) else "plain",)
    return now


print(constants(150, lambda: None))
print(constants(150, lambda: setattr(Holder, "__get__", lambda self, instance, owner: ("now", owner.__name__))))


class Explicit(Base):
    def __init__(self, x):
        Base.__init__(self)
        self.x = x

    def method(self, x=1):
        return Base.method(self, x) + self.x

    def __repr__(self):
        return "E" + object.__repr__(self)[:5] + type(self).__name__ + Explicit.__name__ + str(Explicit.__doc__) + str(len(Explicit.__mro__))


def explicit(n):
    total = 0
    for i in range(n):
        total += Explicit(i).method(2) + len(repr(Explicit(i)))
        if i == n - 10:
            Base.__init__ = lambda self: setattr(self, "limit", 9)
        total += Explicit(i).limit
    del Base.__init__
    return total


print(explicit(150))


class Color(enum.Enum):
    RED = 1
    GREEN = 2

    @classmethod
    def first(cls):
        return cls.RED


class Adder:
    def __init__(self, k):
        self.k = k

    def __call__(self, x, *rest, scale=1):
        return (x + self.k) * scale + len(rest)


class Strict:
    def __call__(self, x):
        if x == 149:
            raise ValueError(x)
        return x


def calls(n, adder, strict):
    total = 0
    for i in range(n):
        total += adder(i) + adder(i, scale=2) + adder(i, 1, 2)
        made, word = Odd()
        total += len(word) + (type(made) is Odd)
        if Color(i % 2 + 1) is Color.RED and Color.first() is Color.RED:
            total += Color.GREEN.value
        try:
            total += strict(i)
        except ValueError as error:
            total += error.__traceback__.tb_next.tb_lineno
        if i == 140:
            Adder.__call__ = lambda self, x, *rest, scale=1: 1
    return total


print(calls(150, Adder(3), Strict()))


def missing(n):
    for i in range(n):
        try:
            Base.nothing
        except AttributeError as error:
            text = str(error)
        if i == n - 10:
            Base.nothing = "there"
    return text, Base.nothing


print(missing(150))
