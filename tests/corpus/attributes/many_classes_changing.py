# corpus: compiled=look
# Accesses that meet more classes than are told apart, while the classes and the objects change: what was found out about a name must
# not outlive that.
class Base:
    shared = "base"
    __slots__ = ("__dict__", "slot")

    def method(self):
        return "method"

    @property
    def prop(self):
        return "prop"

    @classmethod
    def of_class(cls):
        return cls.__name__

    @staticmethod
    def static():
        return "static"


class Plain:
    shared = "plain"
    slot = "no slot"
    prop = "no prop"

    def method(self):
        return "plain method"

    @classmethod
    def of_class(cls):
        return cls.__name__

    @staticmethod
    def static():
        return "plain static"


class Text(str):
    shared = "text"
    slot = prop = None

    def method(self):
        return self.upper()

    of_class = Plain.of_class
    static = len


def look(o):
    cls = o.__class__
    of_class = cls.shared
    if type(of_class) is property:
        of_class = "property"
    return (o.shared, o.method(), o.prop, o.of_class(), cls.__name__, of_class, cls.__init__ is object.__init__, o.slot)


def look_all(objects):
    found = []
    for o in objects:
        try:
            found.append(look(o))
        except Exception as e:
            found.append((type(e).__name__, str(e)))
    return found


classes = [type(f"B{i}", (Base,), {}) for i in range(6)] + [type(f"P{i}", (Plain,), {}) for i in range(6)]
objects = [c() for c in classes] + [Text("abc")]
for o in objects[:6]:
    o.slot = "slot"
for turn in range(30):
    look_all(objects)


def step(text):
    for turn in range(3):
        found = look_all(objects)
    print(text, found)


step("start")
objects[0].shared = "own"
objects[7].shared = "own too"
objects[8].method = lambda: "own method"
objects[12].shared = "text's own"
step("own values")
del objects[0].shared
objects[7].__dict__.pop("shared")
step("own values gone")
classes[1].shared = "changed"
classes[9].method = lambda self: "another"
Base.prop = property(lambda self: self.slot * 2)
step("classes changed")
classes[2].shared = property(lambda self: "now a property")
classes[10].shared = property(lambda self: "here, too")
objects[10].__dict__["shared"] = "hidden"
step("data descriptors")
classes[2].__name__ = "Renamed"
classes[3].__name__ = "Other"
step("renamed")
objects[4].__class__ = classes[5]
objects[11].__class__ = classes[6]
step("of other classes")
classes[6].__getattr__ = lambda self, name: "from __getattr__"
del Plain.shared
step("no such attribute")
classes[8].__getattribute__ = lambda self, name: "everything"
del objects[5].slot
step("__getattribute__")
for i in range(40):
    setattr(objects[9], f"a{i}", i)
objects[9].shared = "among many"
step("many names")
objects[9].__dict__ = {"shared": "in a new dict"}
step("new dictionary")


class Odd:
    def __get__(self, o, cls=None):
        seen.append((type(o).__name__, cls.__name__))
        if len(seen) % 5 == 0:
            raise LookupError("odd")
        Plain.shared = len(seen)
        return "from __get__"


seen = []
Plain.shared = "plain again"
classes[7].shared = Odd()
for c in classes[1:4]:
    c.shared = Odd()
step("descriptors that change classes")
print(seen)


class Meta(type):
    shared = property(lambda cls: "of the metaclass")


for base in (Plain, Base):
    c = Meta("M", (base,), {"shared": "of the class", "slot": 1})
    objects.append(c())
step("metaclass")
