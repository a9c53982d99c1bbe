# corpus: compiled=apply
class Adder:
    def __init__(self, k):
        self.k = k

    def __call__(self, x, *rest):
        return x + self.k + len(rest)


def apply(f, n):
    t = 0
    for i in range(n):
        t += f(i)
    return t


for _ in range(10):
    apply(abs, 30)
print(apply(Adder(3), 100), apply(int, 50), apply(abs, 50), apply(lambda x: x * 2, 50), apply(dict, 0))
a = Adder(1)
a.__call__ = lambda x: 1000
print(apply(a, 10))
Adder.__call__ = lambda self, x: -x
print(apply(a, 10))
del Adder.__call__
try:
    apply(a, 1)
except TypeError as error:
    print(error)
import functools

print(apply(functools.partial(pow, 2), 20), apply([1, 2, 3].__getitem__, 3), apply(str.__len__, 0))
