# corpus: compiled=build
class Good:
    def __init__(self, v):
        self.v = v


class Bad:
    def __init__(self, v):
        return v


def build(cls, v):
    return cls(v)


for i in range(150):
    build(Good, i)
print(build(Good, 5).v, type(build(Bad, None)).__name__)
for cls, v in ((Bad, 5), (Bad, "x")):
    try:
        build(cls, v)
    except TypeError as error:
        print(error)
for bad in ((), (1, 2)):
    try:
        Good(*bad)
    except TypeError as error:
        print(error)


class NoInit:
    pass


try:
    build(NoInit, 1)
except TypeError as error:
    print(error)
print(build(int, "7"), build(str, 5), build(list, "ab"), build(type, 5) is int, build(tuple, [1]))
