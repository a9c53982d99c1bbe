# corpus: compiled=among,mixed,outside,others,quotients,by_zero,large,looping
import traceback

# Ints among the members of constant tuples, and `divmod`.
class Equal:
    def __eq__(self, other):
        return other == 3

    __hash__ = None


def among(values):
    return [value in (1, 3, 5, -7) for value in values], [value not in (0, 2**62, -(2**62)) for value in values]


def mixed(values):
    return [value in (1, None, "a", True) for value in values], [value in (False, 4) for value in values], [value in () for value in values]


def outside(values):
    return [value in (2**63, 2**64, 1) for value in values], [value in (1.0, 2) for value in values]


def others(values):
    seen = []
    for value in values:
        seen.append((value in (1, 3), value not in (1, 3)))
    return seen


def quotients(pairs):
    seen = []
    for x, y in pairs:
        q, r = divmod(x, y)
        pair = divmod(x, y)
        seen.append((q, r, pair, divmod(x + 1, y)[1]))
    return seen


def by_zero(values):
    total = 0
    for value in values:
        q, r = divmod(100, value)
        total += q * r
    return total


def large(values):
    return [divmod(value, -1) for value in values], [divmod(value, 7) for value in values]


def looping(n):
    counts = [0, 0, 0]
    for i in range(n):
        if i % 7 in (1, 3, 5):
            counts[0] += 1
        elif i % 7 not in (0, 2):
            counts[1] += 1
        q, r = divmod(i, 13)
        counts[2] += q ^ r
    return counts


for _ in range(3):
    numbers = list(range(-8, 8))
    print(among(numbers), among([2**62, -(2**62), 2**70, 3]))
    print(mixed(numbers), outside([1, 2, 2**63, 2**64, 2**65, 0] * 9))
    print(others(numbers)[-4:], others([1.0, 3.0, 2.5, "1", None, True, False, 3 + 0j, Equal(), [3]]))
    pairs = [(x, y) for x in (-13, -1, 0, 1, 7, 2**62) for y in (-5, -1, 1, 3, 2**61)]
    print(quotients(pairs)[-5:], quotients([(7.5, 2), (7, 2.5), (True, 2), (2**70, 3)]))
    print(large([0, 1, -(2**63), 2**63 - 1, 2**63, -5] * 9), looping(300))
    try:
        by_zero(list(range(40, -1, -1)))
    except ZeroDivisionError as error:
        print(error, [(frame.name, frame.lineno, frame.colno) for frame in traceback.extract_tb(error.__traceback__)])
