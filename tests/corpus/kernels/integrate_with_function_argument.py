# corpus: compiled=integrate
import math


def integrate(f, a, b, n):
    h = (b - a) / n
    s = 0.5 * (f(a) + f(b))
    for i in range(1, n):
        s += f(a + i * h)
    return s * h


def square(x):
    return x * x


print(repr(integrate(square, 0, 1, 300)), repr(integrate(math.sin, 0.0, math.pi, 300)))
print(repr(integrate(lambda x: 1, 0, 10, 100)), repr(integrate(math.exp, 0, 1, 200)))
try:
    integrate(math.log, 0, 1, 10)
except ValueError as error:
    print("ValueError")
print(repr(integrate(abs, -1, 1, 100)), repr(integrate(float, 0, 2, 50)))
