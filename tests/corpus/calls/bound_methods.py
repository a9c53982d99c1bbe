# corpus: compiled=run,Counter.add
class Counter:
    def __init__(self):
        self.n = 0

    def add(self, k=1):
        self.n += k
        return self


def run(n):
    c = Counter()
    add = c.add
    unbound = Counter.add
    for i in range(n):
        add()
        add(2)
        c.add(k=3).add()
        unbound(c, 4)
    return c.n, add.__self__ is c, add == c.add, add is c.add


print(run(5), run(200))
try:
    Counter.add()
except TypeError as error:
    print(error)
try:
    Counter().add(1, 2)
except TypeError as error:
    print(error)
