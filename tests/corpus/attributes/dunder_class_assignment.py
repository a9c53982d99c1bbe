# corpus: compiled=run
class A:
    def f(self):
        return 1


class B:
    def f(self):
        return 100


class S:
    __slots__ = ()


def run(objs, n):
    total = 0
    for i in range(n):
        o = objs[i % len(objs)]
        total += o.f()
        if i == n // 2:
            o.__class__ = B
    return total


for _ in range(10):
    run([A(), A()], 40)
print(run([A()], 100), run([A(), A(), A()], 99))
a = A()
a.x = 1
a.__class__ = B
print(a.x, a.f(), type(a).__name__)
try:
    a.__class__ = S
except TypeError as error:
    print(error)
