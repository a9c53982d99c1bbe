# corpus: compiled=loop
import sys


def poke(i):
    if i == 150:
        f = sys._getframe(1)
        f.f_locals["x"] = "str"
    return i


def loop(n):
    x = 1
    y = 2.0
    try:
        for i in range(n):
            poke(i)
            x = x + 1
            y = y * 1.0 + x
    except TypeError as error:
        return str(error), i, x, y
    return x, y


print(loop(100))
print(loop(300))
