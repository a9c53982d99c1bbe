# corpus: compiled=total
class Base:
    def value(self):
        return self.raw() + 1

    def raw(self):
        return 1


def total(items):
    t = 0
    for x in items:
        t += x.value()
    return t


items = [Base() for _ in range(20)]
for _ in range(40):
    total(items)
print(total(items))
for k in range(6):

    class Sub(Base):
        def raw(self, k=k):
            return 10**k

    items.append(Sub())
    print(total(items))
Sub.value = lambda self: -1
print(total(items))
items[0].raw = lambda: 500
print(total(items))
