# corpus: compiled=store
class Logged:
    def __setattr__(self, name, value):
        if value == 50:
            type(self).extra = "class changed"
        object.__setattr__(self, name, value * 2)

    def __delattr__(self, name):
        print("delattr", name)
        object.__delattr__(self, name)


class Plain:
    pass


def store(o, n):
    for i in range(n):
        o.value = i
    return o.value


for _ in range(20):
    store(Plain(), 30)
o = Logged()
print(store(o, 60), o.extra)
del o.value
Plain.__setattr__ = Logged.__setattr__
print(store(Plain(), 10))
del Plain.__setattr__
print(store(Plain(), 10))
