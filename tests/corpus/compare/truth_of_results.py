# corpus: compiled=choose
class Weird:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return Weird(self.n - 1)

    def __bool__(self):
        print("bool", self.n)
        return self.n > 1


def choose(a, b):
    if a < b:
        return "less"
    return "not less"


for i in range(200):
    choose(i, 100)
print(choose(Weird(5), 1), choose(Weird(2), 1), choose(1, 2))


class Bad:
    def __lt__(self, other):
        return self

    def __bool__(self):
        raise ValueError("no truth")


try:
    choose(Bad(), 1)
except ValueError as error:
    print(error)
