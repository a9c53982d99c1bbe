# corpus: compiled=Base.run,Base.method
# A method call on objects of more classes than are told apart: few functions that the name can mean, and everything else.
class Base:
    def __init__(self):
        self.value = 1

    def method(self, x):
        return self.value + x

    def other(self, x=3):
        return -x

    def run(self, x):
        values = [self.method(x), self.other()]
        return values + [self.method(y) for y in (x + 1, x + 2)] + [self.method(self.other(x))]


class Overrides(Base):
    def method(self, x):
        return "overridden", x


classes = [type(f"C{i}", (Overrides if i % 4 == 1 else Base,), {}) for i in range(24)]
objects = [cls() for cls in classes]
for turn in range(60):
    for o in objects:
        o.run(turn)
print([o.run(1) for o in objects[:3]])
classes[0].method = lambda self, x: ("third", x)
classes[1].method = len
classes[2].method = staticmethod(lambda x: ("static", x))
objects[3].method = lambda x: ("own", x)
objects[4].method = Base.method
classes[5].method = property(lambda self: lambda x: ("property", x))
del classes[6].__bases__[0].other
for o in objects[:7]:
    try:
        print(o.run(2))
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)
Base.other = lambda self, x=4: x
objects[7].method = Base.method.__get__(objects[8])
objects[8].value = "x"
for o in objects[6:10]:
    try:
        print(o.run(2))
    except (TypeError, AttributeError) as error:
        line = error.__traceback__.tb_next.tb_lineno
        print(type(error).__name__, error, line)
