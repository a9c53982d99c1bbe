# corpus: compiled=ops
import math


def ops(a, b):
    return a + b, a - b, a * b, -a, b - a, abs(a)


def sign(x):
    return math.copysign(1.0, x)


for i in range(200):
    ops(i * 0.5, 2.5)
for a in (0.0, -0.0, 1.0, -1.0, 0, 5e-324, -5e-324):
    for b in (0.0, -0.0, 0, -1.0):
        print(a, b, [(repr(v), sign(v)) for v in ops(a, b)])
