# corpus: compiled=mixed,attribute,Rotor.turn
# Other types come where complex numbers were, numbers in parts are seen by tracebacks, subclasses stay what they are.
import sys


class Sub(complex):
    def __mul__(self, other):
        return "mine"


def mixed(a, b):
    return a * b + a


def attribute(z):
    return z.real - z.imag


class Rotor:
    def __init__(self, step):
        self.at, self.step = 1 + 0j, step

    def turn(self, n):
        for _ in range(n):
            self.at *= self.step
        return self.at


def fails(a, b):
    z = a * b
    return z / (z - z)


for n in range(100):
    mixed(complex(n, 1), 2j), attribute(complex(n, 2))
for a, b in (1j, 2), (2, 1j), (2.5, 1j), (3, 4), (1j, True), (Sub(1, 2), 3j), (1j, Sub(2, 1)), ("ab", 2):
    try:
        print(mixed(a, b))
    except TypeError as error:
        print(error)
for z in 3, 2.5, True, Sub(4, 1):
    print(attribute(z))
rotor = Rotor(0.6 + 0.8j)
for n in range(100):
    rotor.turn(20)
print(rotor.at)
for n in range(100):
    try:
        fails(complex(n, 1), 1j)
    except ZeroDivisionError:
        frame = sys.exc_info()[2].tb_next.tb_frame
        if n % 33 == 0:
            print(frame.f_locals, sys.exc_info()[2].tb_next.tb_lineno)
