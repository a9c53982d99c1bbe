# corpus: compiled=make,use
def make(k):
    data = [1, 2, 3]
    return (x * k + len(data) for x in data)


def use(n):
    gens = [make(i) for i in range(n)]
    return sum(sum(g) for g in gens)


print(use(5), use(60))


def changed():
    k = 1
    g = (x * k for x in range(4))
    out = [next(g), next(g)]
    k = 100
    return out + list(g)


for _ in range(60):
    changed()
print(changed())
