# corpus: compiled=rows,lists,behind,local,classes,wrong,varying,named,late,mutated
# Calls of known functions and classes with the items of a tuple or list as arguments.
import collections

log = []


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


Pair = collections.namedtuple("Pair", "a b")


def area(a, b, c):
    return a * b + c


def less(a, b=10):
    return a - b


def rows(n):
    given = [(i, i + 1, i + 2) for i in range(n)]
    return sum(area(*row) for row in given) + sum(less(*row[:2]) for row in given)


def lists(n):
    total = 0
    for i in range(n):
        arguments = [i, 2, i]
        total += area(*arguments)
        arguments.append(3)
        total += len(arguments)
    return total


def behind(n):
    total = 0
    t = (1, 2)
    for i in range(n):
        total += area(i, *t)
        pair = (i, i + 1)
        total += area(3, *pair) + less(i, *[4])
        u = (i, 2, 3)
        total += area(*u) + less(*(i, 5))
    return total


def local(n):
    def f(a, b):
        return a - b

    total = 0
    p = (5, 3)
    for i in range(n):
        g = lambda a, b, c: a + b + c + i
        total += f(*p) + f(*(i, 2)) + g(*(1, 2, 3)) + g(1, *p)
    return total


def classes(n):
    total = 0
    for row in [(i, 2) for i in range(n)]:
        p = Point(*row)
        total += p.x + p.y
        q = Pair(*row)
        total += less(*q) + q.a
    return total


def wrong(n):
    out = []
    for i in range(n):
        row = (i,) * (i % 5)
        try:
            out.append(area(*row))
        except TypeError as e:
            out.append(str(e))
        try:
            out.append(less(1, *row))
        except TypeError as e:
            out.append(str(e))
    return out[-10:]


def varying(n):
    total = 0
    for i in range(n):
        row = [(i, 1, 2), [i, 3, 4], (j for j in (i, 5, 6)), range(i, i + 3), "abc"][i % 5]
        try:
            total += area(*row)
        except TypeError:
            total += 1
    return total


def named(n):
    total = 0
    row = (1, 2)
    for i in range(n):
        total += area(*row, c=i) + area(*row, **{"c": i}) + less(*(), a=i)
    return total


def late(n):
    # The callee changes while it is called in a loop.
    global less
    kept = less
    total = 0
    for i in range(n):
        row = (i, 4)
        total += less(*row)
        if i == n // 2:
            less = lambda a, b: a * b
    less = kept
    return total


def holds(a, b):
    return a.name, b.name


def mutated(n):
    out = []
    for i in range(n):
        items = [Dies(f"a{i}"), Dies(f"b{i}")]

        def clears(a, b):
            items.clear()
            log.append("cleared")
            return a.name + b.name

        out.append(clears(*items))
        out.append(holds(*(Dies("x"), Dies("y"))))
    return out[-2:], len(log)


for n in [3, 50, 50, 50, 50, 50, 50, 50, 50]:
    result = [rows(n), lists(n), behind(n), local(n), classes(n), wrong(n), varying(n), named(n), late(n), mutated(min(n, 6))]
print(result)
print(sorted(log[:60]), log.count("cleared"))
