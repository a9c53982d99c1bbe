# corpus: compiled=read,call,default,either,store,class_value,class_method
# Instances of one class with inline values and with dictionaries of their own, in turn: attributes, defaults of the class that instances hide
# or not, methods, properties beside them; and instances that lose their values while they are used.
class Keys(dict):
    def __missing__(self, key):
        return "missing"

    def __getitem__(self, key):
        return "asked"


class A:
    default = None
    constant = "class"
    hook = len

    def __init__(self, value):
        self.value = value
        self.other = value + 1
        if value % 5 == 0:
            self.default = [value]

    def method(self):
        return self.value + 1

    @property
    def double(self):
        return self.value * 2


class B(A):
    default = "b"


def lost(kind, value, **more):
    o = kind.__new__(kind)
    o.__dict__ = dict(value=value, other=-value, **more)
    return o


def read(o):
    return o.value


def call(o):
    return o.method()


def default(o):
    return o.default


def either(o):
    return o.constant, o.double


def store(o, value):
    o.value = value
    o.new = value
    return o.value


def show(f, *args):
    try:
        return f(*args)
    except (AttributeError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


def make(kind, i):
    match i % 7:
        case 0 | 1 | 2:
            return kind(i)
        case 3:
            return lost(kind, i)
        case 4:
            return lost(kind, i, default="own", constant="hidden")
        case 5:
            o = kind(i)
            for j in range(40):
                setattr(o, f"x{j}", j)
            return o
        case _:
            o = kind(i)
            o.__dict__ = Keys(value=i)
            return o


seen = []
for i in range(3000):
    o = make(B if i % 3 == 0 else A, i)
    row = read(o), call(o), default(o), either(o), store(o, i + 7)
    if i % 97 == 0:
        seen.append(row)
    if i % 500 == 0:
        hiding = lost(A, i, method=lambda: "own method")
        print(show(call, hiding), show(read, lost(A, i)), show(default, hiding))
        empty = A(1)
        empty.__dict__ = {}
        print(show(read, empty), show(call, empty), show(default, empty), show(either, empty))
for row in seen:
    print(row)


def shrink(o, n):
    total = 0
    for i in range(n):
        total += o.value
        if i == 60:
            o.__dict__ = {"value": 5, "default": 2}
        if i > 60:
            total += o.default
        if i == 70:
            del o.__dict__["default"]
            A.default = 100
    return total


print(shrink(lost(A, 3), 50), shrink(A(1), 100), A.default)
for late in (A(2), lost(A, 2), lost(B, 2, default=9)):
    print(default(late), either(late))
A.constant = property(lambda self: "now a property")
for late in (A(2), lost(A, 2, constant="own"), lost(B, 2)):
    print(either(late), show(store, late, 4))
del A.default
for late in (A(2), A(5), lost(A, 2), lost(A, 2, default=9)):
    print(show(default, late))


# Keys that are no strs, but equal one.
class Equal:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        return other == self.name


class C:
    default = "class"

    def method(self):
        return "of the class"


def disguised(name, value):
    o = C()
    o.__dict__ = {Equal(name): value}
    return o


def class_value(o):
    return o.default


def class_method(o):
    return o.method()


answers = []
for i in range(1500):
    answers.append(class_value(disguised("default", i) if i % 3 else lost(C, i)))
    answers.append(class_method(disguised("method", lambda: i) if i % 2 else lost(C, i)))
print(len(answers), [answers.count(known) for known in ("class", "of the class")], answers[-8:])
