# corpus: compiled=walk
class Owner:
    def __init__(self, n):
        self.items = [Item(i, self) for i in range(n)]


class Item:
    def __init__(self, n, owner):
        self.n, self.owner = n, owner

    def visit(self):
        if self.n == 5:
            self.owner.items = []
        if self.n == 7:
            self.owner = None
        return self.n


def walk(owner):
    t = 0
    for item in owner.items:
        t += item.visit()
    for item in [Item(k, owner) for k in range(3)]:
        t += item.visit() * 100
    return t, len(owner.items)


for _ in range(60):
    walk(Owner(4))
print(walk(Owner(10)), walk(Owner(3)))
t = 0
for x in [y for y in (object() for _ in range(200))]:
    t += x is not None
print(t)
