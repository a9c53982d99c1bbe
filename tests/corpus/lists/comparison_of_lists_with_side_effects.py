# corpus: compiled=equal
class E:
    def __init__(self, other):
        self.other = other

    def __eq__(self, o):
        log.append("eq")
        self.other.append(1)
        return len(self.other) < 5


def equal(a, b):
    return a == b, a != b, a < b if len(a) < 3 else None


log = []
for i in range(150):
    equal([i], [1])
x, y = [1, 2], [1, 2]
x.append(E(y))
y.append(E(x))
print(equal(x, y), len(x), len(y), len(log))
try:
    equal([1, "a"], [1, 2])
except TypeError as error:
    print(error)
loop = []
loop.append(loop)
other = [loop]
try:
    equal(loop, [[loop]])
    print("equal")
except RecursionError as error:
    print("RecursionError")
