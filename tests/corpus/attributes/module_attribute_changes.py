# corpus: compiled=run
import math
import types


def run(m, n):
    t = 0
    for i in range(n):
        t += m.k
        if i == 50:
            m.k = 10
        if i == 80:
            m.__dict__["k"] = 100
        if i == 90:
            del m.k
            m.__getattr__ = lambda name: 1000
    return t


for _ in range(20):
    m = types.ModuleType("m")
    m.k = 1
    run(m, 40)
m = types.ModuleType("m")
m.k = 1
print(run(m, 100))


def root(x):
    return math.sqrt(x)


for i in range(100):
    root(i)
print(root(16))
saved, math.sqrt = math.sqrt, lambda x: "patched"
print(root(16))
math.sqrt = saved
print(root(25))
try:
    root(-1)
except ValueError as error:
    print("ValueError")
