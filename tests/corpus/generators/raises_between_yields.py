# corpus: compiled=fails,stops,handles
import sys
import traceback


def fails(n):
    for i in range(n):
        yield i
        if i == 7:
            raise KeyError(i)


def stops(items):
    it = iter(items)
    while True:
        yield next(it)


def handles(items):
    for item in items:
        try:
            yield 10 // item
        except ZeroDivisionError as error:
            yield type(error.__context__), sys.exception() is error
        yield sys.exception()


def lines(error):
    return [(f.name, f.lineno, f.colno, f.end_colno) for f in traceback.extract_tb(error.__traceback__)]


def attempt(f, *args):
    out = []
    try:
        out.extend(f(*args))
    except Exception as error:
        return out, repr(error), repr(error.__cause__), lines(error)
    return out, None


for _ in range(200):
    attempt(fails, 5)
    attempt(stops, [1, 2])
    attempt(handles, [1, 2, 0, 3])
print(attempt(fails, 20))
print(attempt(stops, [1, 2, 3]))
print(attempt(handles, [5, 0, 0]))
print(attempt(handles, [5, "x"]))

try:
    raise OSError("outer")
except OSError:
    print(attempt(handles, [1, 0]), sys.exception())


def unbound(n):
    for i in range(n):
        if i != 40:
            value = i
        yield value
        if i == 39:
            del value


for _ in range(50):
    attempt(unbound, 30)
print(attempt(unbound, 50)[1:])
