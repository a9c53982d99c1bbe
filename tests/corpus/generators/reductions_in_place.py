# corpus: compiled=total,dot,ends,count,finds,rooted
# `sum`, `min`, `max`, `any` and `all` of generator expressions, with items of all kinds, at any place.
import math


def total(values):
    return sum(x for x in values)


def dot(left, right):
    return sum(x * y for x, y in zip(left, right))


def ends(values):
    return min(x for x in values), max(x for x in values)


def count(values, factor):
    return sum(x > factor for x in values), sum(1 for x in values if x % 2), max(x * factor for x in values)


def finds(values):
    some, every = any, all
    return some(x > 3 for x in values), every(x for x in values)


def rooted(values):
    return math.sqrt(sum((x - 1) ** 2 for x in values))


class Add:
    def __init__(self, value):
        self.value = value

    def __radd__(self, other):
        return f"{other}+{self.value}"

    def __lt__(self, other):
        return True

    __gt__ = __lt__


class Whole(int):
    def __radd__(self, other):
        return other * 1000 + 7


def show(function, *args):
    try:
        print(function.__name__, repr(function(*args)))
    except Exception as error:
        print(function.__name__, type(error).__name__, error)


for _ in range(80):
    total([1, 2, 3])
    dot([1.5, 2.0], [0.5, 4.0])
    ends([3, 1, 2])
    count([1, 2, 3], 2)
    finds([1, 2])
    rooted([1.0, 3.0])
nan, inf = float("nan"), float("inf")
for values in (
    [], [7], (1, 2), range(4), [2**62, 2**62], [2**63], [-(2**62)] * 3, [True, False, 5], [1, 2.5, 3], [0.1] * 10, [0.1, 1, 2**70, 0.3],
    [1e16, 1, -1e16], [1e16, 1.0, 1, -1e16], [inf, 1.0, -inf], [1.0, inf], [nan, 1], [1, nan], [-0.0], [-0.0, -0.0], [0, -0.0], [1e308, 1e308, -1e308],
    [1j, 2], [1.5, 1j, 2], [1, "a"], ["a", 1], [1.5, "b"], [None], [1, Add("x"), 2], [1.5, Add("y")], [1, Whole(5), 2], [0.5, Whole(5), 2**70, 0.25],
    [2, 1, 1.0, True], [1.0, 1, True], [2.0, 3, 1.0], [[1], [2]], [2**70, -(2**70), 1], [0.5, 2**1100],
):
    show(total, values)
    show(ends, values)
for left, right in (([1, 2], [3, 4]), ([1.5], [2]), ([], []), ([1, 2.5], [2, 2]), ([2**40], [2**40]), (["a"], [3]), ([1], [None])):
    show(dot, left, right)
for values in ([1, 2, 3], [5.5, 1], [2**63, 1], [True, 4], ["a"]):
    show(count, values, 2)
for values in ([], [0, 5], [1, 2], [4, "x"], ["x"], [0.0, 1.0], [nan], [[], 4]):
    show(finds, values)
for values in ([1, 2], [1.0, 2.5], [], ["x"], [2**600]):
    show(rooted, values)
