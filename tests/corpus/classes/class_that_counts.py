# corpus: compiled=make,Counted.value
# A class that keeps a count of its instances in an attribute changes all the time; others that changed a few times stay as they are.


class Counted:
    count = 0

    def __init__(self, x):
        Counted.count += 1
        self.x = x

    def value(self):
        return self.x + self.offset()

    def offset(self):
        return 1

    def __eq__(self, other):
        return isinstance(other, Counted) and self.x == other.x

    def __hash__(self):
        return hash(self.x)


class Settled:
    factor = 1

    def __init__(self, x):
        self.x = x

    def value(self):
        return self.x * self.factor


def make(cls, n):
    total = 0
    for i in range(n):
        thing = cls(i)
        total += thing.value()
        if thing == cls(i):
            total += 1000
    return total


for turn in range(60):
    results = make(Counted, 30), Counted.count, len({Counted(i % 7) for i in range(20)}), make(Settled, 10)
    if turn in (5, 20):
        Settled.factor += 1
    if turn in (0, 5, 6, 20, 21, 59):
        print(results)
Counted.offset = lambda self: 5
print(make(Counted, 10), make(Settled, 10))
