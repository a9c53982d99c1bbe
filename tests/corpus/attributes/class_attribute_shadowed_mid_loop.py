# corpus: compiled=run
class C:
    k = 1


def run(c, n):
    out = 0
    for i in range(n):
        out += c.k
        if i == 100:
            c.k = 10
        if i == 200:
            del c.k
        if i == 250:
            C.k = 1000
    C.k = 1
    return out


for _ in range(30):
    run(C(), 20)
print(run(C(), 300))
