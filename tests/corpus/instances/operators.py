# corpus: compiled=in_place,unary,powers,kinds,declined,several
import traceback

# Operators in place, unary ones and powers of classes, and operators whose operands have one type now and another then.
class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)

    def __neg__(self):
        return Loud(self.name + 1)

    def __iadd__(self, other):
        return Loud(self.name + other)


class Sum:
    def __init__(self, value):
        self.value = value

    def __iadd__(self, other):
        if isinstance(other, str):
            return NotImplemented
        self.value += other
        return self

    def __add__(self, other):
        return Sum((self.value, other))

    def __isub__(self, other):
        self.value = self.value - other
        return self.value

    def __neg__(self):
        return Sum(-self.value)

    def __pos__(self):
        return self.value

    def __invert__(self):
        if self.value == 40:
            raise ValueError(self.value)
        return ~self.value

    def __pow__(self, other, modulus=None):
        if other == 3:
            return NotImplemented
        return (self.value, other, modulus)

    def __rpow__(self, other):
        return ("reflected", other)

    def __mul__(self, factor):
        return Sum(self.value * factor)

    __rmul__ = __mul__


class Child(Sum):
    def __iadd__(self, other):
        return super().__iadd__(other)

    def __add__(self, other):
        return "child"

    def __neg__(self):
        return "less"


log = []


def in_place(n):
    total = Sum(0)
    seen = []
    for i in range(n):
        total += i
        if i % 10 == 9:
            seen.append(total.value)
        other = Sum(i)
        other -= 1
        seen.append(other)
    return total.value, sum(x for x in seen)


def declined(n):
    seen = []
    for i in range(n):
        total = Sum(i)
        total += "text" if i % 7 == 3 else 1
        seen.append(total.value)
    return seen


def unary(n):
    total = 0
    for i in range(n):
        one = Sum(i)
        total += (-one).value + (+one) - (~one if i != 40 else 0)
    return total


def powers(n):
    seen = []
    for i in range(n):
        seen.append(Sum(i) ** (i % 3))
        seen.append(i ** Sum(i))
    return seen[-4:]


def several(values, n):
    total = 0
    for i in range(n):
        got = values[i % len(values)] * 2
        total += got if isinstance(got, (int, float)) else got.value
    return total


def kinds(values, n):
    seen = []
    for i in range(n):
        at = values[i % len(values)]
        at += 1
        seen.append(at if isinstance(at, str) else at.value)
        minus = -values[i % len(values)]
        seen.append(minus if isinstance(minus, str) else minus.value)
    return seen[-6:]


def loud(n):
    for i in range(n):
        a = Loud(10 * i)
        b = -a
        log.append("negated")
        a += 5
        log.append("added")
        b = -Loud(10 * i + 3)
    return len(log)


def fails(n):
    for i in range(n):
        ~Sum(i)


class Holder:
    pass


def attributes(holder, step, n):
    for _ in range(n):
        holder.at = holder.at * step
        holder.at += 1
    return holder.at.value


for _ in range(3):
    print(in_place(60), unary(60), powers(60))
    print(declined(30)[-8:])
    print(several([Sum(1), Sum(2)], 50), several([Sum(1), 3, 2.5], 60), several([4, Sum(3)], 60), several([1.5, 2], 60))
    print(kinds([Sum(1), Sum(5)], 40), kinds([Sum(1), Child(2)], 40))
    holder = Holder()
    holder.at = Sum(0.5)
    print(attributes(holder, 0.25, 60))
    holder.at = 3.0
    try:
        attributes(holder, 2.0, 3)
    except AttributeError as error:
        print(error)
    log.clear()
    print(loud(20), log[-24:])
    try:
        fails(60)
    except ValueError as error:
        print([(frame.name, frame.lineno, frame.colno) for frame in traceback.extract_tb(error.__traceback__)])
    try:
        Sum(2) ** 3
    except TypeError as error:
        print(error)

Sum.__neg__ = lambda self: Sum("changed")
print(kinds([Sum(1), Sum(5)], 6))
del Sum.__iadd__
print(declined(8))
