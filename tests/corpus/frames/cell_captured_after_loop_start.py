# corpus: compiled=f
def f(n):
    fs = []
    total = 0
    for i in range(n):
        x = i * 2
        if i % 50 == 10:
            fs.append(lambda: (x, i, total))
        total += x
    x = -1
    return [g() for g in fs], total


print(f(5), f(60), f(200))


def g(n):
    def set_k(v):
        nonlocal k
        k = v

    k = 0
    out = 0
    for i in range(n):
        out += k
        if i == 100:
            set_k(3)
        if i == 120:
            set_k("s")
            break
    return out, k


print(g(50), g(200))
