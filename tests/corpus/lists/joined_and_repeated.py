# corpus: compiled=joined,extended,repeated,tuples,texts
# Sequences are joined and repeated: lists grow in place where they are told to, others are new, and items that die with a list are heard.
import sys


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.name, frame.f_code.co_name, sorted(frame.f_locals)[:3]))


log = []


def joined(items, n):
    out = items
    for i in range(n):
        out = [i] + out + items[:1]
    return out


def extended(items, n):
    out = []
    alias = out
    for i in range(n):
        out += items
        out += [i]
        if i % 7 == 3:
            out += out[:2]
    return alias is out, out


def doubled(items):
    items += items
    return items


def repeated(items, n):
    total = 0
    for i in range(-1, n):
        total += len(items * i) + len(i * items) + len(items * True)
    return total


def tuples(items, n):
    kept = ()
    for i in range(n):
        kept = (i,) + kept[:3]
        kept += items
    return kept, () + items is items, items * 1 is items


def texts(text, n):
    total = 0
    for i in range(n):
        total += len(text * (i & 3)) + len((i & 3) * text) + len(text.encode() * 2 + b"x" * i)
    return total


def dropped(n):
    for i in range(n):
        count = len([Loud(i)] + [1, 2])
        [Loud(-i)] * 0
    return count


def shrunk(items):
    items *= 0
    return items


def too_long(items, n):
    try:
        return len(items * n)
    except (OverflowError, MemoryError) as error:
        return type(error).__name__


def joins_others(items, other):
    try:
        return items + other
    except TypeError as error:
        return str(error)


for turn in range(40):
    results = [len(joined([1, 2], 20)), joined([], 3), extended([5, 6], 12), repeated([1, 2, 3], 9), repeated((), 4), tuples((8, 9), 9)]
    results += [texts("ab", 9), doubled([turn, 1]), too_long([1], 3), joins_others([1], [2]), joins_others((1,), (2,))]
    dropped(2)
    shrunk([Loud("shrunk")])
print(results)
print(len(log), log[-5:])
print(too_long([1], 1 << 62), too_long((1, 2), 1 << 62), too_long("ab", 1 << 62), too_long(b"ab", (1 << 63) - 1))
print(joins_others([1], (2,)), joins_others((1,), [2]), joins_others("a", b"b"), joins_others([1], 2))


class Items(list):
    def __iadd__(self, other):
        return ("mine", other)

    def __add__(self, other):
        return ("added", other)

    def __rmul__(self, other):
        return ("times", other)


print(extended(Items([1]), 2), joined(Items([1]), 2)[:2], joins_others(Items(), []), joins_others([], Items()), repeated(Items([1]), 2) if False else 3 * Items())
