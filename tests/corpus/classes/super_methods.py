# corpus: compiled=loop
# super() in methods of classes that are known: single and multiple inheritance, changes, and what only looks like it.


class Root:
    def __init__(self, x):
        self.x = x

    def value(self):
        return self.x

    def wrong(self):
        raise KeyError("root")

    def where(self):
        return ["Root"]

    @property
    def prop(self):
        return self.x

    @classmethod
    def made(cls, x):
        return cls(x)

    @staticmethod
    def plain(x):
        return x


class Left(Root):
    def __init__(self, x):
        super().__init__(x)
        self.y = x

    def value(self):
        return super().value() + self.y

    def where(self):
        return ["Left"] + super().where()

    def wrong(self):
        return super().wrong()

    @property
    def prop(self):
        return super().prop + 1

    @classmethod
    def made(cls, x):
        return super().made(x + 1)

    @staticmethod
    def plain(x):
        return Root.plain(x) + 1

    def __repr__(self):
        return super().__repr__()[:8]

    def bound(self):
        method = super().value
        return method(), method.__self__ is self, method.__func__ is Root.value

    def alias(self):
        return super().plain(2)


class Right(Root):
    def where(self):
        return ["Right"] + super().where()

    def value(self):
        return super(Right, self).value() + 5


class Both(Left, Right):
    def __init__(self, x):
        super().__init__(x)

    def where(self):
        return ["Both"] + super().where()


class Slots(Root):
    __slots__ = ("z",)

    def __init__(self, x):
        super().__init__(x)
        self.z = super().value()


class Plain:
    def __init__(self):
        super().__init__()
        self.x = 1

    def __setattr__(self, name, value):
        super().__setattr__(name, value)

    def where(self):
        return ["Plain"]

    def value(self):
        return super().__hash__() is not None


class List(list):
    def append(self, item):
        super().append(item)
        super().append(item)


def loop(n, kinds, change):
    total = 0
    for i in range(n):
        kind = kinds[i % len(kinds)]
        thing = kind(i)
        total += thing.value()
        where = thing.where()
        if isinstance(thing, Left):
            total += thing.prop + kind.made(1).x + kind.plain(1) + len(repr(thing)) + thing.alias()
            now = thing.bound()
        try:
            thing.wrong()
        except KeyError as error:
            lines, at = [], error.__traceback__
            while at:
                lines.append(at.tb_lineno)
                at = at.tb_next
        if i == n - 20:
            change()
    return total, where, lines


def change_root():
    Root.value = lambda self: 1000


def insert():
    Left.__bases__ = (Right,)


def move():
    # The method is taken from another class, with the __class__ of its own.
    Right.where = Left.where


root = Root.value
for kinds in ([Root], [Left], [Right], [Both], [Slots], [Left, Right, Both], [Root, Left, Right, Both, Slots]):
    print(loop(150, kinds, lambda: None))
print(loop(150, [Left], change_root))
Root.value = root
try:
    print(loop(150, [Right, Left], move))
except TypeError as error:
    print(error)
del Right.where
Right.where = lambda self: ["Right"] + super(Right, self).where()
print(loop(150, [Left], lambda: setattr(Left, "__bases__", (Right,))))
print(loop(150, [Left, Slots], lambda: None))


def others(n):
    total = 0
    for _ in range(n):
        plain = Plain()
        total += plain.value() + plain.x
        items = List()
        items.append(1)
        total += len(items)
    return total


print(others(150))


def shadow(n):
    """`super` may be anything."""
    total = 0
    for i in range(n):
        total += Left(i).value()
        if i == n - 10:
            globals()["super"] = lambda: type("S", (), {"__init__": lambda self, x: None, "value": lambda self: 3})()
    return total


try:
    print(shadow(150))
except Exception as error:
    print(type(error).__name__, error)
finally:
    globals().pop("super", None)
print(loop(120, [Left], lambda: None))
