# corpus: compiled=run
import functools


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@functools.singledispatch
def kind(x):
    return "object"


@kind.register
def _(x: int):
    return "int"


@kind.register(list)
def _(x):
    return "list"


class Lazy:
    @functools.cached_property
    def value(self):
        Lazy.computed += 1
        return 7

    computed = 0


def logged(f):
    @functools.wraps(f)
    def wrapper(*a, **k):
        calls.append(f.__name__)
        return f(*a, **k)

    return wrapper


calls = []


@logged
def add(a, b=1):
    return a + b


def run(n):
    double = functools.partial(add, b=2)
    lazy = Lazy()
    t = 0
    for i in range(n):
        t += double(i) + add(i, 3) + lazy.value + functools.reduce(lambda x, y: x * y % 97, range(1, i % 6 + 2))
    return t, kind(n), kind([]), kind(True), kind(None), Lazy.computed


print(run(5), run(150), len(calls))
print(fib(150), fib.cache_info().hits, add.__name__, functools.reduce(lambda a, b: a + b, [], "start"))
try:
    functools.reduce(lambda a, b: a, [])
except TypeError as error:
    print(error)
