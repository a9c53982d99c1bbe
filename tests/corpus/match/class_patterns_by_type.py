# corpus: compiled=evaluate,area,kinds,keywords,made_here,missing,changed
# Class patterns whose subjects are seen to be of some classes: attributes in parts, defaults, slots, bases, what has none of them.
from dataclasses import dataclass


@dataclass
class Num:
    value: float


@dataclass
class Add:
    left: object
    right: object


@dataclass
class Mul:
    left: object
    right: object


class Shape:
    __match_args__ = ("name",)
    name = "shape"


class Square(Shape):
    __match_args__ = ("side", "name")
    __slots__ = ("side",)

    def __init__(self, side):
        self.side = side


class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius
        if radius % 2:
            self.name = "odd"


class Odd:
    __match_args__ = ("a", "b")

    @property
    def a(self):
        return 1

    def __init__(self, b):
        self.b = b


def evaluate(e):
    match e:
        case Num(v):
            return v
        case Add(l, r):
            return evaluate(l) + evaluate(r)
        case Mul(l, Num(value=v)):
            return evaluate(l) * v
        case Mul(l, r):
            return evaluate(l) * evaluate(r)
        case _:
            return -1000


def area(shapes):
    out = []
    for shape in shapes:
        match shape:
            case Square(side, name):
                out.append((side * side, name))
            case Circle(radius=r, name="odd"):
                out.append(("odd", r))
            case Circle(name) if name == "shape":
                out.append((name, shape.radius))
            case Shape():
                out.append("other")
            case _:
                out.append(None)
    return out[-7:]


def kinds(values):
    counts = [0] * 7
    for value in values:
        match value:
            case bool(b):
                counts[0] += b
            case int(n) | float(n):
                counts[1] += n
            case str():
                counts[2] += len(value)
            case Odd(1, b):
                counts[3] += b
            case list([x, *_]):
                counts[4] += x
            case None:
                counts[5] += 1
            case _:
                counts[6] += 1
    return counts


def keywords(values):
    out = []
    for value in values:
        match value:
            case Num(value=0):
                out.append("zero")
            case Add(right=r, left=l):
                out.append((l is r, r))
            case Num(value=x):
                out.append(x)
            case object(radius=x):
                out.append(("radius", x))
    return out[-6:]


def made_here(n):
    total = 0
    for i in range(n):
        match Num(i) if i % 3 else Add(Num(i), 2):
            case Num(v):
                total += v
            case Add(Num(v), k):
                total -= v * k
    return total


def missing(n):
    out = []
    for i in range(n):
        one = Square(i)
        if i % 5 == 4:
            del one.side
        match one:
            case Square(side=s):
                out.append(s)
            case _:
                out.append("missing")
    return out[-6:]


def changed(n, change):
    out = []
    subjects = [Num(1), Add(1, 2), Circle(3)]
    for i in range(n):
        if i == change:
            Num.__match_args__ = ("other",)
            Num.other = "other"
        if i == change + 30:
            Circle.value = 9
            Add.__match_args__ = ("right", "left")
        if i == change + 60:
            subjects[1].__class__ = Num
            subjects[1].value = 5
        match subjects[i % 3]:
            case Num(v):
                out.append(v)
            case Add(l, _):
                out.append(l)
            case other:
                out.append(type(other).__name__)
    return out[change - 3 : change + 6], out[-9:]


tree = Add(Mul(Num(2), Add(Num(3), Num(4))), Mul(Num(5), Num(6.5)))
for turn in range(3):
    print([evaluate(tree) for _ in range(60)][-1], evaluate("x"), evaluate(Mul(tree, "y")))
    print(area([Square(2), Circle(3), Circle(4), Shape(), 5, Square(1.5), Circle(7)] * 20))
    print(kinds([True, 1, 2.5, "abc", Odd(4), [7, 8], None, {}, 3, ()] * 20))
    print(keywords([Num(0), Add(1, 1), Num(7), Circle(2), Add(tree, tree.left)] * 20)[-3:-1])
    print(made_here(100), missing(50))
print(changed(300, 150))
for bad in ("Num(1, 2)", "Circle(1, 2)", "int(1, 2)", "Odd(1, a=2)"):
    source = f"def f(x):\n    match x:\n        case {bad}: return 1\n        case _: return 2"
    exec(source)
    for subject in (Num(1), Circle(2), 3, Odd(2)) * 30:
        try:
            result = f(subject)
        except TypeError as error:
            result = str(error)
    print(bad, result)
