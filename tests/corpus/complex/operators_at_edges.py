# corpus: compiled=add,sub,mul,div,square,cube,same,signs,size,make
# Signed zeros, infinities and NaN: what is computed in parts is what the interpreter computes, bit by bit.
import math

INF, NAN = float("inf"), float("nan")
PARTS = [0.0, -0.0, 1.5, 1e308, -1e-320, INF, -INF, NAN]
REALS = [2.5, 0.0, -0.0, INF, NAN, 3, 0, True, -7, 2**60 + 1, 2**70]


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def div(a, b):
    return a / b


def square(a, b):
    return a**2


def cube(a, b):
    return a**3


def same(a, b):
    return a == b, a != b, not a


def signs(a, b):
    return -a, +a, a.conjugate(), a.real, a.imag


def size(a, b):
    return abs(a)


def make(a, b):
    return complex(a.real, b.imag), complex(b.imag), complex(3, 2), complex(True, a.imag)


def show(x):
    if isinstance(x, tuple):
        return "(" + ", ".join(map(show, x)) + ")"
    if isinstance(x, complex):
        return show(x.real) + "/" + show(x.imag)
    if isinstance(x, float):
        return "nan" if x != x else x.hex()
    return repr(x)


def tried(f, a, b):
    try:
        return show(f(a, b))
    except ArithmeticError as error:
        return type(error).__name__


NUMBERS = [complex(a, b) for a in PARTS for b in PARTS]
for f in add, sub, mul, div, square, cube, same, signs, size, make:
    for _ in range(60):
        f(1.5 + 2j, 0.5 - 1j)
    print(f.__name__, *[tried(f, a, b) for a in NUMBERS[::3] for b in NUMBERS[::5]])
MIXED = """
def add(a, b): return a + b
def sub(a, b): return a - b
def mul(a, b): return a * b
def div(a, b): return a / b
def same(a, b): return a == b
"""
for real in REALS:
    namespace = {}
    exec(MIXED, namespace)
    for name in "add", "sub", "mul", "div", "same":
        f = namespace[name]
        for order in (lambda a, b: f(a, b)), (lambda a, b: f(b, a)):
            for _ in range(40):
                tried(order, 1.5 + 2j, real)
            print(name, real, *[tried(order, a, real) for a in NUMBERS[::3]])
