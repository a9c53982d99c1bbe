# corpus: compiled=run
def keep(x, store):
    store.append(x)
    return x


def run(n):
    store = []
    x = 0.5
    for i in range(n):
        if i % 40 == 0:
            keep(x, store)
        x = x + 0.25
        y = x
        x *= 1.0
        if i % 60 == 0:
            store.append(y)
            store.append(x)
        box = [x]
        x -= 0.125
        if i % 90 == 0:
            store.append(box)
    closure = lambda: x
    x = x + 1.0
    return store, closure()


print(run(10))
print(run(200))
