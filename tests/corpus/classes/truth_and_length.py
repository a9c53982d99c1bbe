# corpus: compiled=truths,lengths,members
# What __bool__, __len__ and __contains__ may return, and what becomes of it.
import sys


class Thing:
    answer = True

    def __bool__(self):
        return self.answer

    def __len__(self):
        return self.answer

    def __contains__(self, item):
        return self.answer


class Measured:
    answer = 3

    def __len__(self):
        return self.answer


class Index:
    def __index__(self):
        return 12


def truths(n, thing, odd):
    count = 0
    for i in range(n):
        if i == n - 1:
            thing.answer = odd
        if thing:
            count += 1
        if not thing:
            count -= 5
        count += bool(thing)
    return count


def lengths(n, thing, odd):
    total = 0
    for i in range(n):
        if i == n - 1:
            thing.answer = odd
        total += len(thing)
    return total, type(total).__name__


def members(n, thing, odd):
    count = 0
    for i in range(n):
        if i == n - 1:
            thing.answer = odd
        if i in thing:
            count += 1
        count += (i not in thing) * 1000
        x = i in thing
        if x is not True:
            count += 10000
    return count


class Raises:
    def __bool__(self):
        raise KeyError("no truth")

    def __index__(self):
        raise KeyError("no index")


def shown(work, thing, odd):
    for n in (1, 150, 151):
        thing.answer = type(thing).answer
        try:
            print(work.__name__, n, work(n, thing, odd))
        except Exception as error:
            inner = error.__traceback__
            lines = []
            while inner:
                lines.append(inner.tb_lineno)
                inner = inner.tb_next
            print(work.__name__, n, type(error).__name__, error, lines)


for odd in (True, False, 0, 1, None, [], [0], "x", Thing(), Raises(), NotImplemented.__class__):
    shown(truths, Thing(), odd)
    shown(members, Thing(), odd)
for odd in (0, 5, -1, True, False, 1.0, None, Index(), 2**62, 2**63, -(2**70), sys.maxsize, Raises()):
    shown(lengths, Measured(), odd)
    shown(truths, Measured(), odd)


class Mapping:
    """Its __contains__ is left by exceptions."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, key):
        return self.items[key]

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        else:
            return True


def lookups(n, mapping):
    found = [0, 0, 0, 0]
    for i in range(n):
        key = i % 3
        if key in mapping:
            found[0] += 1
        if key not in mapping:
            found[1] += 1
        found[2] += (key in mapping) * 2
        found[3] += (key not in mapping) * 2
    return found


def absent(n, mapping):
    count = 0
    for _ in range(n):
        if "a" not in mapping:
            count += 1
        count += ("b" in mapping) * 1000
    return count


print(absent(300, Mapping({})), absent(300, Mapping({})), absent(300, Mapping({"a": 1, "b": 2})))
print(lookups(300, Mapping({1: 1})), lookups(3000, Mapping({})), lookups(150, Mapping({0: 0, 1: 1, 2: 2})))


class Late:
    """Changes its answer while it is asked."""

    def __init__(self):
        self.turn = 0

    def __len__(self):
        self.turn += 1
        if self.turn == 140:
            Late.__len__ = lambda self: -self.turn
        return self.turn


try:
    print(lengths(160, Late(), None))
except ValueError as error:
    print(error)
