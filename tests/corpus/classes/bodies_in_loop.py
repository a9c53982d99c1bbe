# corpus: compiled=make
def make(k):
    base = k * 2

    class Local:
        """doc"""

        k2 = base + 1
        names = [n for n in "ab"]

        def get(self):
            return base, self.k2, __class__.__name__

        class Inner:
            z = 1

    return Local


total = 0
for i in range(120):
    c = make(i)
    a, b, name = c().get()
    total += a + b + c.Inner.z
print(total, c.__qualname__, c.__doc__, c.names, name, c.Inner.__qualname__)


class Meta(type):
    def __prepare__(name, bases, **kw):
        return {"prepared": kw}

    def __new__(m, name, bases, ns, **kw):
        return super().__new__(m, name, bases, dict(ns))

    def __init__(cls, name, bases, ns, **kw):
        pass


def build(n):
    for i in range(n):

        class X(metaclass=Meta, option=i):
            pass

    return X.prepared


print(build(100))
