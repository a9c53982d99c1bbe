# corpus: compiled=partials,matches,chains,shared,paired,named
# Objects of C types that refer to a few others die in loops: what only they refer to dies with them, and says so.
import functools
import itertools
import re
import sys


class Loud:
    def __init__(self, name):
        self.name = name

    def __call__(self, *rest):
        return len(rest)

    def __iter__(self):
        return self

    def __next__(self):
        return 7

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.name, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))


class Pair:
    __slots__ = ("left", "right", "__dict__")


log = []


def partials(n):
    total = 0
    for i in range(n):
        call = functools.partial(Loud(i), 1)
        total += call(2)
        call = None
    return total


def matches(pattern, text):
    total = 0
    for match in pattern.finditer(text):
        total += match.end()
    return total


def chains(n):
    total = 0
    for i in range(n):
        both = itertools.chain((i,), Loud(-i))
        total += next(both)
        both = itertools.repeat(Loud("twice"), 2)
        total += next(both) is not None
    return total


def shared(n):
    """Two references to one object, both of which one object holds."""
    total = 0
    for i in range(n):
        loud = Loud(("both", i))
        call = functools.partial(loud, loud)
        del loud
        total += call()
        call = None
    return total


def paired(n, kind):
    """The same, by an object that is of a class made in Python."""
    total = 0
    for i in range(n):
        pair = kind()
        pair.left = pair.right = Loud(("pair", i))
        total += 1
        total += 2
        pair = None
        total += 3
    return total


def named(n):
    total = 0
    for i in range(n):
        kept = Loud("kept")
        call = functools.partial(kept, kept, [i])
        total += call()
        call = None
        log.append("still there")
        kept = None
    return total


pattern = re.compile(r"(\w)(\w*)")
for turn in range(40):
    log.clear()
    results = [partials(3), matches(pattern, "some words of it"), chains(2), shared(2), paired(2, Pair), named(1)]
print(results)
print(*log, sep="\n")
