# corpus: compiled=read
class Meta(type):
    m = "meta"

    @property
    def p(cls):
        return "metaproperty of " + cls.__name__


class C(metaclass=Meta):
    c = 1


class D(C):
    p = "own"


def read(cls):
    return cls.c, cls.m, cls.p


for _ in range(150):
    read(C)
print(read(C), read(D))
C.m = "class m"
print(read(C), read(D))
Meta.c = property(lambda cls: "data descriptor on meta")
print(read(C))
try:
    D().m.nope
except AttributeError as error:
    print(error)
