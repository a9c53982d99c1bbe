# corpus:
import traceback


def source(n):
    for i in range(n):
        yield 10 // (n // 2 - i)


def run(n):
    out = []
    for x in source(n):
        out.append(x)
    return out


def safe(n):
    g = source(n)
    try:
        return sum(g)
    except ZeroDivisionError as error:
        return [(f.name, f.lineno, f.colno, f.end_colno) for f in traceback.extract_tb(error.__traceback__)], list(g)


for _ in range(60):
    safe(1)
try:
    run(6)
except ZeroDivisionError as error:
    print([(f.name, f.lineno, f.colno) for f in traceback.extract_tb(error.__traceback__)])
print(safe(4))


def stops():
    yield 1
    raise StopIteration("inner")


try:
    list(stops())
except RuntimeError as error:
    print(error, repr(error.__cause__))
