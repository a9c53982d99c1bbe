# corpus: compiled=add,total
class Money(int):
    def __add__(self, other):
        return Money(int(self) + int(other) + 100)

    def __radd__(self, other):
        return Money(int(self) + int(other) + 1000)


def add(a, b):
    return a + b


def total(values):
    acc = 0
    for v in values:
        acc = acc + v
    return acc


for i in range(200):
    add(i, 1)
    total([1, 2])
print(add(Money(1), 2), add(2, Money(1)), type(add(2, Money(1))).__name__)
print(total([1, 2, Money(3), 4]), type(total([Money(1)])).__name__)
print(add(1, 2), add(True, Money(0)))
