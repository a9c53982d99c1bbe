# corpus: compiled=fetch
class Lazy:
    real = 1

    def __getattr__(self, name):
        if name.startswith("v"):
            return int(name[1:])
        raise AttributeError("no " + name)


class All:
    def __getattribute__(self, name):
        return "all:" + name


def fetch(o):
    return o.real, o.v7


class Both:
    real, v7 = 1, 2


for _ in range(150):
    fetch(Both())
z = Lazy()
print(fetch(z), fetch(All()))
z.v7 = "set"
print(fetch(z))
del z.v7
print(fetch(z), z.v10)
try:
    z.other
except AttributeError as error:
    print(error, error.name, error.obj is z)
