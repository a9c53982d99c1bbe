# corpus: compiled=run
class C:
    def f(self):
        return 1


def run(c, n):
    out = 0
    for i in range(n):
        out += c.f()
        if i == 100:
            C.f = lambda self: 10
        elif i == 150:
            c.f = lambda: 100
        elif i == 200:
            del c.f
        elif i == 220:
            C.f = staticmethod(lambda: 1000)
        elif i == 240:
            C.f = classmethod(lambda cls: 10000)
    return out


base = C.f
for _ in range(10):
    run(C(), 50)
print(run(C(), 260))
C.f = base
print(run(C(), 90))
del C.f
try:
    run(C(), 5)
except AttributeError as error:
    print(error)
