# corpus: compiled=adders,curried,helper,counted,defaulted,passed,calls_out,through_names,kept,in_generators,dies_last,die_all,keywords,rings
# Functions and cells that their makers only call and look into: what they hold, what is seen of them when something goes wrong, and when it ends.
import functools
import sys
import traceback

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

    def plus(self, other):
        return Point(self.x + other.x, self.y + other.y)


def adders(n):
    total = 0
    for i in range(n):
        f = lambda x: x + i
        total += f(1)
        i += 1
        total += f(i)
    return total


def curried(n):
    def add(a):
        return lambda b: lambda c: a * 100 + b * 10 + c

    total = 0
    for i in range(n):
        total += add(i)(1)(2)
    return total, sum(add(i)(i)(i) for i in range(n))


def helper(p):
    def square(v):
        return v * v

    return square(p[0]) + square(p[1])


def counted(n):
    count = 0
    last = None

    def step(by=1):
        nonlocal count, last
        last = count
        count += by
        return count

    for i in range(n):
        step()
        step(2.5 if i == n - 1 else 2)
    return count, last


def defaulted(n):
    total = 0
    shared = []
    for i in range(n):
        def g(x, i=i, j=3, into=shared):
            if x == 1:
                into.append(i)
            return x * i + j
        total += g(2) + g(2, 1) + g(1, 2, 4)
        try:
            g()
        except TypeError as error:
            total += len(str(error))
        try:
            g(1, 2, 3, 4, 5)
        except TypeError as error:
            total += len(str(error))
    return total, len(shared)


def apply(f, *args):
    return f(*args)


def apply_one(f, x):
    return f(x)


def passed(n):
    total = 0
    seen = set()
    for i in range(n):
        f = lambda v: v + i
        g = f
        total += apply_one(f, i) + apply(g, i) + (f is g) + (f is not apply)
        seen.add(f.__name__)
    return total, seen


def calls_out(n):
    out = []
    for i in range(n):
        g = lambda s: s.upper() + str(i) + sys._getframe().f_code.co_name + str(sorted(sys._getframe().f_locals))
        out.append(g("a"))
    return out[-1]


def through_names(n):
    out = []
    for i in range(n):
        try:
            def g():
                return late
            if i % 7 == 3:
                g()
            late = i
            out.append(g())
            del late
            if i % 5 == 4:
                g()
        except NameError as error:
            out.append(str(error))
    return out[:12], len(out)


def kept(n):
    getters = []
    for i in range(n):
        def make(a):
            def get():
                return a

            def put(v):
                nonlocal a
                a = v

            return get, put

        get, put = make(i)
        put(get() + 0.5 if i % 3 else get() + 1)
        getters.append(get)
    return sum(get() for get in getters), [get() for get in getters[:4]]


def count_to(n, step):
    i = 0
    while i < n:
        yield Point(i, step).plus(Point(1, 1)).x
        i += step


def in_generators(n):
    origin = Point(1, 2)
    scale = lambda v: v * 2
    first = sum(Point(i, 1).plus(origin).x for i in range(n))
    second = sum(scale(i) for i in range(n))
    third = sum((lambda a: a + i)(1) for i in range(n))
    last = max(count_to(n, 1))
    kept = [p.y for p in (Point(i, i) for i in range(n)) if p.x % 2]
    return first, second, third, last, sum(kept)


def dies_last(n):
    for i in range(n):
        def make(a):
            b = Dies(f"b{i}")
            return lambda c: (a.name, b.name, c.name)
        c = Dies(f"c{i}")
        make(Dies(f"a{i}"))(c)
        log.append("|")
    return len(log)


def die_all(n):
    # The argument ends in native code that is left for its destructor; the function, which only the call holds, must end, too.
    ended = 0
    for i in range(n):
        def make(a):
            b = Dies("b")
            return lambda c: (a.name, b.name, c.name)
        before = len(log)
        make(Dies("a"))(Dies("c"))
        ended += len(log) - before
        log[before:] = sorted(log[before:])
    return ended


def keywords(n):
    total = 0
    for i in range(n):
        def f(a: int, /, b: "str" = 2, *rest, c=3, **others) -> int:
            return a + b + c + len(rest) + len(others) + i

        total += f(1) + f(1, b=3) + f(1, 2, 3, c=4, d=5) + len(f.__annotations__) + f.__kwdefaults__["c"]
        f.tag = i
        total += f.tag
    return total


def rings(n):
    def factorial(k):
        return 1 if k < 2 else k * factorial(k - 1)

    def even(k):
        return True if k == 0 else odd(k - 1)

    def odd(k):
        return False if k == 0 else even(k - 1)

    return [factorial(i % 25) for i in range(n)][-1], sum(even(i) for i in range(min(n, 40)))


def fails(n):
    x = "outer"

    def inner(k, own="own"):
        if k == n:
            raise ValueError(x, k)
        return (lambda: k + 1)()

    k = 0
    while True:
        k = inner(k)


def other_globals():
    # The wrapped function is one of another module, and so is what makes it.
    @functools.lru_cache(maxsize=None)
    def cached(v):
        return v + 1

    return cached(1) + cached(1), cached.cache_info().hits


for n in [3, 40, 40, 40, 40, 40, 40, 40, 40]:
    results = [adders(n), curried(n), [helper((i, i + 0.5)) for i in range(n)][-1], counted(n), defaulted(n), passed(n), calls_out(n)]
    results += [through_names(n), kept(n), in_generators(n), dies_last(min(n, 12)), die_all(n), keywords(n), rings(n), other_globals()]
print(results)
print("".join(log[:90]))

for n in range(30):
    try:
        fails(n + 3)
    except ValueError as error:
        frames = [(f.f_code.co_qualname, line, sorted(f.f_locals.items(), key=str)) for f, line in traceback.walk_tb(error.__traceback__)]
print([(name, line, [(key, value) for key, value in names if not callable(value)]) for name, line, names in frames])
