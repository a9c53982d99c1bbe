# corpus: compiled=find,read,write
class Clears:
    def __init__(self, target, n):
        self.target, self.n = target, n

    def __eq__(self, other):
        self.target.clear()
        return False

    def __index__(self):
        self.target.clear()
        return self.n


def find(a, x):
    return x in a, len(a)


def read(a, i):
    return a[i]


def write(a, i, v):
    a[i] = v
    return a


base = list(range(20))
for i in range(150):
    find(base, i), read(base, i % 20), write(base, i % 20, i)
a = list(range(5))
a[2] = Clears(a, 0)
print(find(a, 99), a)
for f in (lambda a: read(a, Clears(a, 2)), lambda a: write(a, Clears(a, 2), 9), lambda a: a[Clears(a, 0):3], lambda a: a.pop(Clears(a, 0))):
    a = [1, 2, 3, 4]
    try:
        print(f(a), a)
    except IndexError as error:
        print(error, a)
