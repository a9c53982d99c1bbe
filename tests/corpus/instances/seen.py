# corpus: compiled=traced,overflowing,looked_at,failing,through_calls
import sys
import weakref

# Instances that are not built yet where somebody looks: tracebacks, frames, exits by overflow, weak references, calls.
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


class Failing:
    def __init__(self, n):
        self.n = n
        if n % 5 == 4:
            raise ValueError(n)
        self.m = 10 // (n % 7)


def traced(n):
    p = Point(n, -n)
    q = Point(p, p)
    return q.x.y // (n % 3) + q.y.x


def overflowing(n):
    total = 0
    for i in range(n):
        p = Point(i << 58, total)
        q = p
        total = p.x * 3 + q.x
    return total, p, p is q


def looked_at(n):
    found = []
    for i in range(n):
        p = Point(i, i)
        q = p
        held = peek()
        found.append((held["p"] is held["q"], held["p"] is p, held["p"].x))
        p.x = "changed"
        found.append(held["q"].x)
    return found[-4:]


def peek():
    return sys._getframe(1).f_locals


def failing(n):
    out = []
    for i in range(n):
        try:
            one = Failing(i)
            out.append((one.n, one.m))
        except (ValueError, ZeroDivisionError) as error:
            frames = []
            at = error.__traceback__
            while at:
                names = at.tb_frame.f_locals
                frames.append((at.tb_frame.f_code.co_name, at.tb_lineno, vars(names["self"]) if "self" in names else None))
                at = at.tb_next
            out.append((type(error).__name__, frames))
    return out[-7:]


def identity(value):
    return value


def through_calls(n):
    kept = []
    total = 0
    for i in range(n):
        p = Point(i, 1)
        same = identity(p) is p
        r = weakref.ref(p)
        total += same + (r() is p) + hash(p) % 1 + (p == p) + (p != p)
        if i % 9 == 0:
            kept.append(p)
        p.y += 1
        setattr(p, "z", p.y)
        total += p.z + p.__dict__["y"]
        copies = [Point(p.x, j) for j in range(3)]
        total += sum(c.x + c.y for c in copies) + max((Point(k, 0) for k in range(3)), key=lambda c: c.x).x
    return total, kept[:3]


for n in range(60):
    try:
        traced(n)
    except ZeroDivisionError as error:
        inner = error.__traceback__.tb_next
        names = inner.tb_frame.f_locals
        if n > 50:
            print(inner.tb_lineno, names["p"], names["q"], names["q"].x is names["p"])
for n in (3, 40, 200):
    print(overflowing(n), looked_at(n), through_calls(n))
    print(failing(n))
