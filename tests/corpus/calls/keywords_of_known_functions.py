# corpus: compiled=loop,loop_methods,loop_classes,loop_native
import sys


def three(a, b=2, c=3):
    return a * 100 + b * 10 + c


def only(a, *, k, m=5):
    return a * 100 + k * 10 + m


def both(a, /, b, *, k):
    return a, b, k


def looks(a, b=2, c=3):
    caller = sys._getframe(1)
    return sorted((name, value) for name, value in caller.f_locals.items() if name != "entry"), caller.f_lineno - caller.f_code.co_firstlineno


def fails(divisor, dividend=1):
    return dividend // divisor


def loop(n):
    total = 0
    seen = None
    for i in range(n):
        total += three(i, c=1) + three(c=i, a=1) + three(i, 4, c=2) + three(b=i, c=i, a=i)
        total += only(i, m=2, k=3)
        seen = both(i, k=i + 1, b=i + 2)
        if i % 50 == 49:
            print(looks(i, c=total), seen)
        try:
            total += fails(dividend=i, divisor=i % 10)
        except ZeroDivisionError as error:
            entry = error.__traceback__
            total += entry.tb_lineno + entry.tb_next.tb_lineno
    return total, seen


class Point:
    scale = 10

    def __init__(self, x, y=1, *, z=0):
        self.x, self.y, self.z = x, y, z

    def moved(self, dx=0, dy=0):
        return Point(self.x + dx, y=self.y + dy, z=self.z)

    def value(self, scale=None, add=0):
        return (self.x + self.y + self.z) * (self.scale if scale is None else scale) + add


class Plain:
    def __init__(self, first, second=2, third=3):
        self.sum = first + second * 10 + third * 100


def loop_methods(n):
    point = Point(0, z=7)
    total = 0
    for i in range(n):
        point = point.moved(dy=1)
        value = point.value
        total += point.value(add=i) + value(add=1, scale=2) + value(3)
    return point.x, point.y, point.z, total


def loop_classes(n):
    total = 0
    for i in range(n):
        total += Plain(i).sum + Plain(i, third=1).sum + Plain(third=i, first=1).sum + Plain(1, second=i).sum
        total += Point(i, z=3).z
    return total


def loop_native(n):
    total = 0
    for i in range(n):
        words = "a,b,c".split(sep=",", maxsplit=i % 3)
        total += len(words) + sorted([i, 3, 2], reverse=True)[0] + int("12", base=8)
        total += sum([i], start=1) + len("x y".split(maxsplit=1)) + "abc".find("c")
        total += "abc".encode(errors="strict")[0]
    return total


def wrong(n):
    calls = [
        lambda: three(1, d=2),
        lambda: three(1, a=2),
        lambda: three(b=1),
        lambda: only(1),
        lambda: only(1, 2, k=1),
        lambda: both(a=1, b=2, k=3),
        lambda: Plain(second=1),
        lambda: Plain(1, fourth=2),
        lambda: "a".split(separator=","),
        lambda: sorted([1], backwards=True),
    ]
    messages = set()
    for _ in range(n):
        for call in calls:
            try:
                call()
            except TypeError as error:
                messages.add(str(error))
    return sorted(messages)


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def drops(first, second=None, third=None):
    log.append("inside")


def drops_by_loop(first, second=None, third=None):
    for _ in range(3):
        log.append("looping")


def order(n):
    for i in range(n):
        drops(third=Noisy("third"), first=i, second=i)
        drops_by_loop(i, third=Noisy("last"))
        if i < n - 1:
            log.clear()
    return log


print(loop(200))
print(loop_methods(200))
print(loop_classes(200))
print(loop_native(200))
print(wrong(30))
print(order(60))
three.__defaults__ = (7, 8)
print(loop(60))
Point.__init__ = lambda self, x, y=1, *, z=0: setattr(self, "x", x) or setattr(self, "y", y) or setattr(self, "z", -z)
print(loop_methods(30), loop_classes(30))
