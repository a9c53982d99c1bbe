# corpus: compiled=loop
import sys


def poke(name, value):
    sys._getframe(1).f_locals[name] = value


def loop(n):
    t = 0
    k = 1
    for i in range(n):
        t += k
        if i == 100:
            poke("k", 1000)
        elif i == 110:
            poke("t", 0.5)
        elif i == 120:
            poke("k", "now text") or poke("k", 2)
        elif i == 130:
            poke("i", -7)
            t += i
        elif i == 140:
            poke("extra", 9)
    return t, k, i, "extra" in locals()


print(loop(50))
print(loop(200))
