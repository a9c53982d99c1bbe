# corpus: compiled=run,last,ends
# When what a generator expression holds is given up: each item with the next one, the last one and the iterated list at the end, or when
# the loop is left.
import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, sys._getframe(1).f_code.co_name)


def run(items):
    total = 0
    for n in (len(item.name) for item in items):
        items[total] = None
        total += n
        log.append(total)
    return total


def last(items):
    for name in (item.name for item in items):
        items.clear()
    return name


def ends(make, stop):
    out = []
    for name in (item.name for item in make()):
        out.append(name)
        if name == stop:
            break
    print("loop left")
    return out


def kept(item):
    before = sys.getrefcount(item)
    found = any(x is item for x in [None, item]), all(x is item for x in [item, item, None])
    return found, sys.getrefcount(item) - before


log = []
quiet = [type("Quiet", (), {"name": "q"})() for _ in range(3)]
for _ in range(80):
    run(list(quiet))
    last(list(quiet))
    kept(quiet[0])
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()):
    for _ in range(80):
        ends(lambda: list(quiet), "x")
del log[:]
print(run([Noisy("a"), Noisy("b"), Noisy("c")]), log)
print(last([Noisy("d"), Noisy("e")]))
print(ends(lambda: [Noisy("f"), Noisy("g")], "f"))
print(ends(lambda: [Noisy("h"), Noisy("i")], ""))
print(ends(lambda: iter([Noisy("j"), Noisy("k")]), "j"))
print(kept(quiet[0]))
