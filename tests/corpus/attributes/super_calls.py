# corpus: compiled=Child.area,Base.area
class Base:
    scale = 2

    def __init__(self, w):
        self.w = w

    def area(self):
        return self.w * self.scale


class Child(Base):
    def __init__(self, w):
        super().__init__(w + 1)

    def area(self):
        return super().area() + super().scale

    @classmethod
    def make(cls, w):
        return super().__new__(cls)


total = 0
for i in range(300):
    total += Child(i).area()
    if i == 200:
        Base.area = lambda self: 5
print(total)
Base.scale = 100
print(Child(1).area(), type(Child.make(1)).__name__)


def loose(self):
    return super().area()


try:
    loose(Child(1))
except RuntimeError as error:
    print(error)
