# corpus: compiled=read,call,constant
# Instances that keep their attributes in a dictionary: shadowing, deletion, replacement, and types that change.
class Many:
    constant = "class"

    def __init__(self):
        for i in range(40):
            setattr(self, f"x{i}", i)
        self.value = 1

    def method(self):
        return self.x39 + self.value


class Derived(list):
    constant = "class"

    def __init__(self):
        self.value = 2

    def method(self):
        return len(self) + self.value


class Replaced:
    constant = "class"

    def __init__(self):
        self.value = 3
        self.__dict__ = dict(self.__dict__)

    def method(self):
        return self.value


class Hook(Derived):
    def __getattr__(self, name):
        return f"no {name}"


class Keys(dict):
    def __missing__(self, key):
        return "missing"

    def __getitem__(self, key):
        return "asked"


def read(o):
    return o.value


def call(o):
    return o.method()


def constant(o):
    return o.constant


def look(o):
    for f in (read, call, constant):
        try:
            print(f.__name__, f(o))
        except (AttributeError, TypeError) as error:
            print(f.__name__, error)


for make in (Many, Derived, Replaced, Hook):
    for _ in range(3):
        for _ in range(150):
            o = make()
            read(o), call(o), constant(o)
    print(make.__name__)
    look(o)
    o.method = lambda: "own method"
    o.constant = "own constant"
    look(o)
    del o.method, o.constant, o.value
    look(o)
    o.__dict__ = Keys(value="in keys")
    look(o)
    o = make()
    make.value = property(lambda self: "property")
    look(o)
    del make.value
    make.method = lambda self: "new method"
    make.constant = "new constant"
    look(o)
    o.__dict__.clear()
    look(o)
