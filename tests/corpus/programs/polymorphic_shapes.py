# corpus: compiled=total_area
class Shape:
    def area(self):
        raise NotImplementedError(type(self).__name__)


class Square(Shape):
    def __init__(self, s):
        self.s = s

    def area(self):
        return self.s * self.s


class Circle(Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return 3.0 * self.r**2


class Slotted(Shape):
    __slots__ = ("w",)

    def area(self):
        return getattr(self, "w", 7)


def total_area(shapes):
    t = 0
    for s in shapes:
        t += s.area()
    return t


squares = [Square(i) for i in range(20)]
for _ in range(50):
    total_area(squares)
mixed = [cls(i) if cls is not Slotted else cls() for i in range(10) for cls in (Square, Circle, Slotted)]
print(total_area(squares), total_area(mixed))
try:
    total_area(mixed + [Shape()])
except NotImplementedError as error:
    print(repr(error))
Square.area = Circle.area
try:
    total_area(squares)
except AttributeError as error:
    print(error)
