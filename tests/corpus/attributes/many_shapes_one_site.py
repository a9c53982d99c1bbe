# corpus: compiled=read
def make(k):
    class T:
        pass

    T.__name__ = f"T{k}"
    t = T()
    for j in range(k % 4):
        setattr(t, f"pad{j}", j)
    t.v = k
    return t


def read(items):
    total = 0
    for t in items:
        total += t.v
    return total


items = [make(k) for k in range(12)]
for _ in range(40):
    read(items[:1])
for n in (2, 4, 12):
    print(read(items[:n]))
items[3].v = 0.5
items[4].__class__.v = property(lambda self: -100)
print(read(items))
