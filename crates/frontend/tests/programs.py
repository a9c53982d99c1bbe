"""Functions whose snapshots the frontend's golden tests compile. `capture.py` takes them."""

FUNCTIONS = {}
LOOPS = {}
RESUMES = {}


def function(*arguments):
    """The function's snapshot is taken at its start, after it was called with the arguments often."""

    def register(f):
        FUNCTIONS[f.__name__] = f, arguments
        return f

    return register


def loop(*arguments):
    """A snapshot is taken of the loop that the function runs."""

    def register(f):
        LOOPS[f.__name__] = f, arguments
        return f

    return register


def resume(*arguments):
    """A snapshot is taken of where the generator goes on behind its last `yield`."""

    def register(f):
        RESUMES[f.__name__] = f, arguments
        return f

    return register


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def add(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __add__(self, other):
        return self.add(other)

    @property
    def norm(self):
        return self.x * self.x + self.y * self.y


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


class Named(Point):
    def add(self, other):
        return super().add(other)


class Manager:
    def __enter__(self):
        return 1

    def __exit__(self, *details):
        return None


def helper(x, y=2):
    return x * y


SCALE = 3


@function(5)
def integers(n):
    total = 0
    for i in range(n):
        total += i * SCALE - (i >> 1) & 7
        if i % 3 == 0:
            total ^= i // 2
    return total


@function(2.5, 4)
def floats(x, n):
    s = 0.0
    while n > 0:
        s += x / n - x * 0.5
        n -= 1
    return -s if s < 0.0 else s


@function([3, 1, 2])
def lists(a):
    best = a[0]
    for i in range(len(a)):
        if a[i] > best:
            best = a[i]
        a[i] = best
    b = a[1:]
    b.append(best)
    return [x for x in b if x], a[-1]


@function({"a": 1, "b": 2}, ["a", "b", "c"])
def dicts(d, keys):
    found = {"none": None}
    for key in keys:
        if key in d:
            found[key] = d[key] + 1
        else:
            d.get(key)
    del found["none"]
    return found


@function("abc", 3)
def strings(s, n):
    out = ""
    for c in s:
        if c == "b" or c > "x":
            out += c
        else:
            out += f"{n!r}<{c}:{n:>4}>"
    return out + s[0]


@function(Point(1, 2), 4)
def attributes(p, n):
    q = p
    for _ in range(n):
        q = q + p
        q.x -= 1
    return q.norm


@function([Slotted(1), Slotted(2)])
def slots(items):
    total = 0
    for item in items:
        total += item.value
        item.value = total
    return total


@function(4)
def calls(n):
    return helper(n) + helper(n, y=3) + helper(*(n,), **{"y": 1}) + len([n]) + abs(-n) + max(n, 2)


@function(6)
def recursion(n):
    return n if n < 2 else recursion(n - 1) + recursion(n - 2)


@function(3)
def closures(n):
    count = 0

    def bump(by):
        nonlocal count
        count += by
        return count

    for i in range(n):
        bump(i)
    return count


@function(Named(1, 2), Named(3, 4))
def supers(p, q):
    return Named.add(p, q).x


@function(Manager(), 3)
def managers(m, n):
    total = 0
    for i in range(n):
        with m as one:
            total += one + i
    return total


@function((1, 2))
def patterns(x):
    match x:
        case [a, b]:
            return a + b
        case {"k": v, **rest}:
            return v, rest
        case Point(x=a):
            return a
    return None


@function((1, 2, 3), [4, 5])
def unpacking(t, l):
    a, b, c = t
    d, e = l
    first, *middle, last = t
    a, b = b, a
    return {a: b, c: d}, {e, *t}, {**{"f": first}}, [*middle, last], +a


@function(0)
def exceptions(x):
    try:
        return 1 / x
    except ZeroDivisionError:
        return -1
    finally:
        x += 1


@function(True)
def unbound(flag):
    for i in range(3):
        if flag:
            value = i
    del i
    return value


@function(3)
def iterators(n):
    total = 0
    for i, (a, b) in enumerate(zip(range(n), [1.5, 2.5, 3.5])):
        for c in (1, 2):
            total += i * a + b - c
    return total


@function(3)
def generator_expression(n):
    return sum(i for i in range(n)), all(i for i in range(n))


@function(3)
def importing(n):
    total = n * 2
    from math import floor

    return floor(total)


@function(3)
def class_statement(n):
    total = n * 2

    class Local:
        value = total

    return Local.value


@function(3)
def deletions(n):
    global temporary
    temporary = [n]
    x = n
    f = lambda: x
    del temporary, x
    return f


@loop(500)
def integer_loop(n):
    i = total = 0
    while i < n:
        i += 1
        if i & 1:
            continue
        total += i
    return total


@loop(300)
def mixed_loop(n):
    s = 0
    values = [0.5] * n
    for v in values:
        s += v
    return s


@loop(300)
def object_loop(n):
    p = Point(0, 1)
    for i in range(n):
        p = p.add(Point(i, 1))
        p.x = -p.x
    return p.x


def scaled(value, factor=2, *, offset):
    return value * factor + offset


@function("a,b", 3)
def keywords(text, n):
    parts = text.split(sep=",", maxsplit=n)
    text.startswith("a")
    return scaled(n, offset=len(parts)) + scaled(offset=1, value=n, factor=n)


@loop(300)
def calling_loop(n):
    parts = []
    for i in range(n):
        parts.append(str(i))
        try:
            int(parts[-1], 3)
        except ValueError:
            parts.pop()
    return len(parts)


def module_level():
    source = "total = 0\nfor i in range(600):\n    total += sum([j * i for j in range(3)])\n"
    exec(compile(source, "module", "exec"), {"__name__": "module"})


LOOPS["module"] = module_level, ()


@resume([3, 4, 5])
def running_totals(items):
    total = 0
    for item in items:
        total += item
        yield total


@resume([[1.5, 2.5], [3.5]], True)
def sums_of_rows(rows, all_of_them):
    for row in rows:
        total = 0.0
        for x in row:
            total += x
        if total or all_of_them:
            yield total, row
    return rows
