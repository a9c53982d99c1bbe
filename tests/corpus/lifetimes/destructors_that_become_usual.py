# corpus: compiled=delete,replace,caller,handle,loop,Store.swap,mixed
# Native code leaves for the first objects whose destructors are Python code; compiled again, it goes on after them.
import sys
import zlib

log = []


class Quiet:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(self.n)


class Looking(Quiet):
    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.n, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))


class Reading(Quiet):
    def __del__(self):
        names = sys._getframe(1).f_locals
        log.append((self.n, sorted((name, value) for name, value in names.items() if type(value) is int)))


def delete(kind, n):
    x = kind(n)
    y = n + 1
    del x
    return y + n


def replace(kind, n):
    x = kind(n)
    x = n * 2
    return x + 1


def inner(kind, n):
    x = kind(n)
    y = n - 1
    return y


def caller(kind, n):
    a = n + 1
    b = inner(kind, a)
    return a * b


def handle(kind, n):
    a = n
    try:
        return kind(a).missing
    except AttributeError:
        return a


def loop(kind, n):
    total = 0
    for i in range(n, n + 4):
        x = kind(i)
        total += i
    return total


class Store:
    def __init__(self):
        self.value = None

    def swap(self, kind, n):
        self.value = kind(n)
        return n


def mixed(kind, n):
    x = kind(n) if n % 7 == 0 else [n]
    x = (n, x)
    x = None
    return n


def run(kind, times):
    store, total = Store(), 0
    for n in range(times):
        for function in delete, replace, caller, handle, loop, store.swap, mixed:
            log.append(function.__name__)
            total += function(kind, n)
    store.value = None
    print(kind.__name__, total, len(log), zlib.crc32(repr(log).encode()))
    print(log[:24], log[-24:])
    log.clear()


for kind in Quiet, Looking, Reading, Quiet:
    run(kind, 400)
