# corpus: compiled=use
class Config:
    size = 3
    names = ("a", "b")


def use(n):
    t = 0
    for i in range(n):
        t += Config.size + len(Config.names)
    return t


for _ in range(50):
    use(10)
print(use(10))
old = Config


class Config:
    size = 0.5
    names = "abc"


print(use(10))
Config.size = property(lambda self: 5)
try:
    use(3)
except TypeError as error:
    print(str(error).split(" and ")[0])
Config = old
old.names += ("c",)
print(use(10))
type.__setattr__(Config, "size", 100)
print(use(10))
