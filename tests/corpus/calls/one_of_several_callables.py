# corpus: compiled=each,through,table,bound,instances
"""Calls of what a list or a table holds: a few functions, methods and objects with `__call__`; others that come later, errors in each of them, functions that
change or die, and what arguments they take."""
import gc
import traceback
import weakref


def one(x):
    return x + 1


def two(x, y=3):
    return x * y


def three(*args):
    return len(args)


def fails(x):
    if x == 77:
        raise ValueError(x)
    return -x


class Bound:
    def __init__(self, n):
        self.n = n

    def add(self, x):
        return self.n + x

    def sub(self, x):
        return self.n - x


class Calls(Bound):
    def __call__(self, x):
        return self.n * x


class Other:
    def __call__(self, x, y=5):
        return x - y


class More(Other):
    pass


def where(error):
    return type(error).__name__, str(error), [line.lineno for line in traceback.extract_tb(error.__traceback__)]


def each(functions, x):
    out = []
    for function in functions:
        try:
            out.append(function(x))
        except (ValueError, TypeError, ZeroDivisionError) as error:
            out.append(where(error))
    return out


def through(function, x):
    return function(x)


def table(names, x):
    n = 0
    for name in names:
        n += TABLE[name](x)
    return n


def bound(handlers, names, x):
    n = 0
    for name in names:
        n += handlers[name](x)
    return n


def instances(objects, x):
    n = 0
    for call in objects:
        n += call(x)
    return n


TABLE = {"one": one, "two": two, "three": three}
NAMES = ["one", "two", "three", "one"]
handler = Bound(10)
HANDLERS = {"add": handler.add, "sub": handler.sub, "one": one}
for _ in range(60):
    each([one, two, fails], 4), table(NAMES, 5), bound(HANDLERS, ["add", "sub", "one"], 3)
    instances([Calls(2), Other(), More()], 6)
    for function in (one, two, three):
        through(function, 2)
print(each([one, two, three, fails], 4), table(NAMES, 5), bound(HANDLERS, ["add", "sub", "one"], 3), instances([Calls(2), Other(), More()], 6))
print(each([one, fails, two, len, abs, int, lambda x: x, Bound(1).add, Calls(3), 5], 77), [through(f, 2) for f in (one, two, three, str, Calls(1))])
print(each([lambda: 1, lambda a, b: 2, two, Bound(1).sub, fails], "text"))
for i in range(200):
    each([one, two, lambda x, i=i: x + i], 1)
print(each([one, two, lambda x: x * 100], 1))

two.__defaults__ = (50,)
print(each([one, two, fails], 4), table(NAMES, 5))
one.__code__ = (lambda x: x + 1000).__code__
print(each([one, two, fails], 4), table(NAMES, 5), bound(HANDLERS, ["add", "sub", "one"], 3))
Bound.add = lambda self, x: "replaced"
print(HANDLERS["add"](1), Bound(1).add(2), bound(HANDLERS, ["add", "sub"], 3))
More.__call__ = lambda self, x: 1000000
print(instances([Calls(2), Other(), More()], 6))


def made(n):
    namespace = {}
    exec(f"def function(x): return x + {n}", namespace)
    return namespace.pop("function")


functions = [made(1), made(2), made(3)]
references = [weakref.ref(function) for function in functions]
for _ in range(200):
    each(functions, 1)
print(each(functions, 1))
del functions[1]
gc.collect()
print([reference() is None for reference in references], each(functions + [made(4)], 1))
functions.clear()
gc.collect()
print([reference() is None for reference in references])
