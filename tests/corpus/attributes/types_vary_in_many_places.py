# corpus:
# Guards fail at one place after another, until one unit notes the types of all operands: attributes, operators, comparisons, subscripts,
# calls, arguments, what is in slots where loops and generators go on, and destructors and tools in between.

import sys


class Shape:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side

    def __lt__(self, other):
        return self.side < other.side

    def __add__(self, other):
        return self.side + other

    def __getitem__(self, index):
        return self.side + index

    def __call__(self, number):
        return self.side - number


class Slotted:
    __slots__ = ("side", "__weakref__")

    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side + 1

    def __lt__(self, other):
        return self.side <= other.side

    def __add__(self, other):
        return self.side - other

    def __getitem__(self, index):
        if index == 7:
            raise IndexError(self.side)
        return self.side * index

    def __call__(self, number):
        return [self.side, number]


class Loud(Shape):
    died = []

    @property
    def side(self):
        return self._side

    @side.setter
    def side(self, value):
        self._side = value

    def __del__(self):
        caller = sys._getframe().f_back
        Loud.died.append((self._side, caller and caller.f_lineno))


class Moving(Shape):
    side = 5

    def __init__(self, side):
        self.__dict__["other"] = side

    def __getattr__(self, name):
        return name


KINDS = [Shape, Slotted, Loud, Moving]


def many(a, b, c, d, e, f, g):
    first = a.side, b.area()
    second = c + 3
    third = c < d
    try:
        fourth = e[7]
    except IndexError as error:
        fourth = error.args
    fifth = f(2)
    g.side = a
    return first, second, third, fourth, fifth, type(g.side).__name__


def numbers(x, y, z):
    total = x + y
    if x < z:
        total = total * 2
    return total, -z, x == y, [x, y, z][1]


def turns(shapes, n):
    last = shapes[0]
    out = []
    for i in range(n):
        shape = shapes[i * i % len(shapes)]
        out.append((shape < last, shape[1], shape.side))
        last = shape
    return out[-5:], len(out)


def produced(shapes):
    before = None
    for shape in shapes:
        got = yield shape.side, before
        before = got if got is not None else shape.area()


def made(kind, other, side):
    return many(kind(side), other(side + 1), kind(2), other(2), Slotted(side), other(4), kind(1))


def main():
    values = [3, 2.5, True, 1 << 70, -1]
    for turn in range(4000):
        kind, other, third = KINDS[turn // 500 % 4], KINDS[turn // 7 % 4], KINDS[turn % 4]
        try:
            result = made(kind, other, turn)
        except (TypeError, AttributeError) as error:
            result = type(error).__name__, str(error), error.__traceback__.tb_next.tb_lineno
        if turn % 371 == 0:
            print(turn, result)
        shown = numbers(values[turn // 400 % 5], values[turn // 9 % 5], values[turn % 5])
        if turn % 411 == 0:
            print(shown)
        if turn % 20 == 0:
            shapes = [third(3), kind(2), Slotted(1), other(0)]
            try:
                shown = turns(shapes, 40)
            except (TypeError, AttributeError) as error:
                shown = str(error), error.__traceback__.tb_next.tb_lineno
            steps = produced(shapes * 3)
            results = next(steps), steps.send("sent"), next(steps), len(list(steps))
            if turn % 400 == 0:
                print(shown, results)
            del shapes, steps
    print(len(Loud.died), Loud.died[:3], Loud.died[-3:])


main()
