# corpus: compiled=dot,steps,clamp,branches,signs,powers,carried
# Numbers that are ints now and floats then.
class V:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def dot(a, b):
    return a.x * b.x + a.y * b.y


def steps(numbers):
    total = 0
    product = 1
    for x in numbers:
        total = total + x
        product = product * x - x
    return total, product


def clamp(values):
    out = []
    for x in values:
        y = max(0, x * 2)
        z = min(y, 100.0)
        out.append((y, z, abs(x), -x, max(x, 1, 2.5)))
    return out


def branches(values):
    out = []
    for x in values:
        y = 0 if x < 3 else x * 0.5
        if y:
            out.append(y)
        out.append(y + 1)
        out.append(y / 2)
        out.append(y == 1.5 or y == 0)
        out.append((y, y))
        w = (y, y)
        out.append(w[0] is w[1])
    return out


def signs(values):
    out = []
    for x in values:
        out.append((x * -1, x * 0, x - x, x // 3 if x else x, x % 4, -(x * 1)))
    return out


def powers(values):
    out = []
    for x in values:
        out.append((x**2, x**3, 2 * x**2 - 1))
    return out


def carried(values, n):
    best = values[0]
    for i in range(n):
        for x in values:
            if x > best:
                best = x
            elif x == best:
                best = best - x
        best = best * 3 % 7
    return best, type(best).__name__


mixed = [1, 2.5, -3, 0.0, -0.0, 7, 1e300, float("inf"), float("nan"), -8, 2**40, 2**53 + 1, 9007199254740993.0, True, 6]
vectors = [V(a, b) for a in mixed[:8] for b in mixed[:8]]
for turn in range(3):
    print([dot(a, b) for a in vectors[::5] for b in vectors[::7]][-12:])
    print(steps(mixed[:6] * 20), steps([x for x in mixed[:6] if type(x) is int] * 20))
    for f in (clamp, branches, signs, powers):
        print(f.__name__, f([x for x in mixed if f is not powers or x != 1e300] * 4)[-14:])
    print(carried([1, 2.5, 3, 2.5, 4], 50), carried([3, 1], 60), carried([2**62, 2.0**62, 2**62 + 1], 5))
huge = [2**62, 2**62, -(2**63), 1.5, 2**80, 3] * 5
for f in (clamp, branches, signs, powers):
    print(f.__name__, f(huge)[-7:])
print(steps(huge), dot(V(2**62, 1.5), V(4, 2)), dot(V("a", 1), V(2, 3)) if False else "")
for bad in ("text", None, [1]):
    try:
        print(dot(V(bad, 1.5), V(2, 2)))
    except TypeError as error:
        print(error)
for zero in (0, 0.0):
    try:
        print(branches([zero, 5]), [1 / z for z in (2, zero)])
    except ZeroDivisionError as error:
        print(error)
