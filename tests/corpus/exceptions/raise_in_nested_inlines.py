# corpus: compiled=a,b,c,run
import traceback


def c(x, k):
    if x == k:
        raise LookupError(x)
    return x + 1


def b(x, k):
    try:
        return c(x, k) * 2
    finally:
        log.append(x)


def a(x, k):
    try:
        return b(x, k) - 1
    except LookupError as error:
        if k % 2:
            raise
        return -1000


def run(n, k):
    t = 0
    for i in range(n):
        t += a(i, k)
    return t


log = []
run(100, 200)
log.clear()
print(run(100, 50), len(log))
try:
    run(100, 51)
except LookupError as error:
    print([(f.name, f.lineno, f.colno, f.end_colno) for f in traceback.extract_tb(error.__traceback__)], len(log))
