# corpus: compiled=run
# A class changes while instances of it are alive that are not built yet.
class Base:
    pass


class Item(Base):
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def value(self):
        return self.a + self.b


def change(i):
    if i == 150:
        Item.value = lambda self: self.a * 1000
    elif i == 160:
        Item.a = property(lambda self: 7, lambda self, value: None)
    elif i == 170:
        del Item.a
    elif i == 180:
        Base.__del__ = lambda self: ended.append(self.b)
    elif i == 190:
        Item.__getattr__ = lambda self, name: name
        del Base.__del__
    elif i == 200:
        Item.__init__ = lambda self, a, b: setattr(self, "a", a)
        Item.b = "class"
    elif i == 210:
        Item.c = "c"
        Item.__bases__ = (Other,)


class Other:
    def value(self):
        return "other"


ended = []


def run(n):
    out = []
    for i in range(n):
        item = Item(i, i + 1)
        held = (item, Item(-i, i))
        change(i)
        try:
            out.append((held[0].value(), held[1].a, held[0] is item))
        except AttributeError as error:
            out.append(str(error))
        out.append(item.b)
    return out


result = run(260)
print(len(ended), ended[:4])
for at in range(296, 440, 8):
    print(result[at : at + 8])
