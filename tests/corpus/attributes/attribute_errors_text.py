# corpus: compiled=read,write,call
class C:
    __slots__ = ("ok",)


class D:
    value = 1


def read(o):
    return o.value


def write(o):
    o.value = 2


def call(o):
    return o.value()


for _ in range(150):
    read(D()), write(D())


class M:
    def value(self):
        return 3


for _ in range(100):
    call(M())
for f in (read, write, call):
    for bad in (C(), None, 5, "s", [], D, len, object()):
        try:
            print(f.__name__, f(bad))
        except (AttributeError, TypeError) as error:
            print(f.__name__, type(error).__name__, error, getattr(error, "name", None))
