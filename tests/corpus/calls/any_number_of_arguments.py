# corpus: compiled=loop,deco_loop
# *args and **kwargs of functions that are inlined: tuples and dicts that are looked at, kept, passed on and changed; decorators.
import functools
import sys


def pair(*args):
    return args


def named(**kwargs):
    return kwargs


def both(a, b=2, *rest, k=3, **others):
    return a, b, rest, k, others


def posonly(a, /, **others):
    return a, others


def passes(*args, **kwargs):
    return both(*args, **kwargs)


def passes_tail(first, *args):
    return pair(*args, first)


def counts(*args, **kwargs):
    total = len(args) + len(kwargs)
    for arg in args:
        total += arg
    for name, value in kwargs.items():
        total += value
    args = 1
    kwargs["x"] = 2
    return total + kwargs["x"] + args


def looks(*args, **kwargs):
    frame = sys._getframe()
    return sorted(frame.f_locals.items(), key=str), sys.getrefcount(args) < 10


def fails(*args, **kwargs):
    raise ValueError(args, kwargs)


def nested(*args):
    def inner(*more):
        return args + more
    return inner(*args)


def loop(n):
    kept = []
    for i in range(n):
        now = [
            pair(), pair(i), pair(i, "b", None), named(), named(a=i), both(i), both(i, 1, 2, 3), both(i, k=4), both(1, 2, 3, z=i, k=5, y=6),
            posonly(i, a=3), passes(i), passes(i, 5, 6), passes(i, q=1), passes_tail(1, 2), counts(i, 1, 2), counts(i, a=1, b=2), counts(),
            looks(i, a=2), looks(), nested(i, 2), pair(*range(i % 10)), pair(1, 2, 3, 4, 5, 6, 7, 8, 9, i),
        ]
        if i % 50 == 0:
            kept.append(now[1])
            kept.append(now[4])
        for arguments, keywords in (((), {}), ((i,), {"w": i})):
            try:
                fails(*arguments, **keywords)
            except ValueError as error:
                now.append(error.args)
        for wrong in (lambda: both(), lambda: posonly(a=1), lambda: both(1, a=2), lambda: pair(a=1)):
            try:
                wrong()
            except TypeError as error:
                now.append(str(error))
    return now, kept


print(loop(120))


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def plain(function):
    def wrapper(*args):
        return function(*args)

    return wrapper


@traced
def add(a, b=1):
    return a + b


@traced
@plain
def times(a, b):
    if b == 119:
        raise OverflowError(a, b)
    return a * b


class Box:
    @traced
    def __init__(self, x, y=0):
        self.x = x + y

    @plain
    def get(self):
        return self.x

    def __del__(self):
        Box.died += 1

    died = 0


def deco_loop(n):
    total = 0
    for i in range(n):
        total += add(i) + add(i, 2) + add(i, b=3) + Box(i, y=1).get()
        try:
            total += times(i, i)
        except OverflowError as error:
            lines, at = [], error.__traceback__
            while at:
                lines.append((at.tb_lineno, sorted(at.tb_frame.f_locals)))
                at = at.tb_next
            total += len(lines)
        if i == n - 6:
            add.__closure__[0].cell_contents = lambda a, b=10: -a * b
    return total, add.calls, Box.died


print(deco_loop(120), deco_loop(119))


class Dies:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        self.log.append(self.name)

    def takes(self, *args, **kwargs):
        self.log.append("in")


def takes(*args, **kwargs):
    Dies.log.append("in")


def keeps(first, *args, word=None, **kwargs):
    return args, kwargs


def deaths(n):
    seen = set()
    for i in range(n):
        Dies.log.clear()
        takes(Dies("argument"), word=Dies("keyword"), other=Dies("other"))
        Dies.log.append("|")
        Dies("self").takes(Dies("argument"), word=Dies("keyword"))
        Dies.log.append("|")
        word = Dies("variable")
        takes(word, word=word)
        word = None
        Dies.log.append("|")
        kept = keeps(Dies("first"), Dies("rest"), word=Dies("word"), more=Dies("more"))
        Dies.log.append("kept")
        kept = None
        takes(1, 2, x=3.5 * i, y=i)
        # In which order arguments die that their caller keeps is a known limit.
        seen.add(" | ".join(" ".join(sorted(part.split())) for part in " ".join(Dies.log).split("|")))
    return sorted(seen)


print(deaths(120))


def lambdas(n):
    total = 0
    for i in range(n):
        total += (lambda *a, **k: len(a) + len(k))(i, i, x=1)
    return total


print(lambdas(100))
