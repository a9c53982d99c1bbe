# corpus: compiled=numbered_pairs,paired_numbers,backwards,numbered_backwards,kept,told
# Iterators that run over iterators, and lists that are read from their end: in parts as long as nobody looks, as objects from then on.
import sys


def numbered_pairs(left, right):
    total = 0
    for i, (a, b) in enumerate(zip(left, right)):
        total += i * a - b
    return total


def paired_numbers(left, right, more):
    total = 0
    for (i, a), b, (c, d) in zip(enumerate(left), right, zip(more, reversed(more))):
        total += i * a - b + c * d
    return total


def backwards(items, change):
    seen = []
    for x in reversed(items):
        seen.append(x)
        change(items, x)
    return seen


def numbered_backwards(items):
    return [(i, x) for i, x in enumerate(reversed(items), 10)]


def kept(items, stop):
    iterator = reversed(items)
    for x in iterator:
        if x == stop:
            break
    return iterator


def told(items, other):
    iterator = enumerate(zip(reversed(items), other))
    seen = []
    for i, pair in iterator:
        seen.append(pair)
        if i == 1:
            seen.append(type(iterator).__name__)
            seen.append(next(iterator, None))
    return seen


def nothing(items, x):
    pass


def shorter(items, x):
    if x % 3 == 0:
        items.pop()
        items.pop()


def longer(items, x):
    items.append(x)


def cleared(items, x):
    if x == 4:
        items.clear()


def replaced(items, x):
    items[:] = [x] * 5


def refused(items, x):
    if x == 2:
        raise KeyError(x)


for turn in range(40):
    pairs = numbered_pairs(list(range(9)), (1.5, 2, 3))
    pairs_of_ints = numbered_pairs(range(20), list(range(15)))
    numbers = paired_numbers([3, 4, 5], {7: 0, 8: 1}, [1, 2, 3])
    back = backwards(list(range(8)), nothing)
    numbered = numbered_backwards(["a", "b", None])
    rest = kept([1, 2, 3, 4], 3)
    seen = told([1, 2, 3, 4, 5], "abcd")
print(pairs, pairs_of_ints, numbers, back, numbered, list(rest), seen)

for change in (shorter, longer, cleared, replaced):
    for turn in range(12):
        items = list(range(8))
        seen = backwards(items, change)
    print(change.__name__, seen, items[:10])
try:
    for turn in range(12):
        backwards(list(range(turn)), refused)
except KeyError as error:
    print(repr(error), error.__traceback__.tb_next.tb_lineno, error.__traceback__.tb_next.tb_frame.f_locals["x"])

# What is left of an iterator, and of what it runs over.
items = [object() for _ in range(4)]
rest = kept(items, items[2])
print(list(map(sys.getrefcount, [items])), rest.__length_hint__(), next(rest) is items[1], rest.__length_hint__())
items.append(None)
print(next(rest) is items[0], next(rest, "end"), rest.__reduce__() == (iter, ([],)), list(map(sys.getrefcount, [items])))
rest = kept([], None)
print(next(rest, "end"))
print(told([], "a"), told([1], ""), numbered_pairs([], [1]), paired_numbers([1], [], [2]))


# A class in the place of a list, and a list that says so itself.
class Reversing(list):
    def __reversed__(self):
        return iter("reversed")


class Plain(list):
    pass


for items in (Reversing([1]), Plain([1, 2]), (1, 2, 3), {1: 2, 3: 4}, range(3), "text"):
    print(backwards(items, nothing), end=" ")
    try:
        print(numbered_backwards(items))
    except TypeError as error:
        print(error)
for wrong in (5, {1, 2}, iter([])):
    try:
        backwards(wrong, nothing)
    except TypeError as error:
        print(error)


# Loops that run for long are entered with the iterator that the interpreter has.
class Listed(list):
    pass


for kind in (list, Listed):
    long = kind(range(4000))
    total = 0
    for x in reversed(long):
        total += x
        if x == 3000:
            long.append(-1)
        if x == 700:
            del long[5:]
    print(total, x, len(long))
    shared = reversed(kind(range(4000)))
    for x in shared:
        total += x
        if not x % 1000:
            total += next(shared, 10**6)
    print(total, x, next(shared, "end"), shared.__length_hint__())
