# corpus: compiled=read
class Data:
    def __get__(self, obj, owner):
        return ("data", obj is None, owner.__name__)

    def __set__(self, obj, value):
        obj.__dict__["seen"] = value


class NonData:
    def __get__(self, obj, owner):
        return "nondata"


class C:
    d = Data()
    n = NonData()


def read(o):
    return o.d, o.n


c = C()
for _ in range(200):
    read(c)
print(read(c), read(C))
c.__dict__["d"] = "shadow d"
c.__dict__["n"] = "shadow n"
print(read(c))
c.d = 5
print(c.seen, read(c))
NonData.__set__ = lambda self, o, v: None
print(read(c))
del Data.__set__
print(read(c))
