# corpus: compiled=orders,equals,of_floats,beside_tuples,in_parts_of_keys,nested stderr
"""Comparisons of tuples that are made for it: by the first items that differ, then by length; NaN that is the same object, numbers of several types, items without
an order, items of classes with comparisons of their own, and tuples that come from elsewhere."""
import traceback

LOG = []


class Loud:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        LOG.append(f"eq {self.n}")
        return self.n == other.n

    def __lt__(self, other):
        LOG.append(f"lt {self.n}")
        return self.n < other.n


class Kept(tuple):
    def __eq__(self, other):
        LOG.append("tuple")
        return True

    __hash__ = None


def orders(pairs):
    out = []
    for (a, b), (c, d) in pairs:
        out.append((a, b) < (c, d))
        out.append((a, b) <= (c, d))
        out.append((a, b) > (c, d))
        out.append((a, b) >= (c, d))
    return out


def equals(values, other):
    n = 0
    for a in values:
        n += (a, 1) == (other, 1)
        n += 2 * ((a, 1) != (other, 1))
        n += 4 * ((a, other) == (other, a))
        n += 8 * ((a,) == (other, 1))
        n += 16 * ((a, 1) < (a, 1, 2))
    return n


def of_floats(values):
    out = []
    for x in values:
        y = x * 1.0
        out.append(((x, 1) == (x, 1), (x, 1) == (y, 1), (y, 1) == (y, 1), (x, 1) < (x, 2), (x, y) <= (y, x)))
    return out


def beside_tuples(tuples, a, b):
    n = 0
    for t in tuples:
        n += (a, b) == t
        n += 2 * (t < (a, b))
        n += 4 * (t != (1, 2))
    return n


class Key:
    def __init__(self, name, number):
        self.name = name
        self.number = number

    def __lt__(self, other):
        return (self.name, self.number) < (other.name, other.number)

    def __eq__(self, other):
        return (self.name, self.number) == (other.name, other.number)


def in_parts_of_keys(keys):
    n = 0
    for a in keys:
        for b in keys:
            n = n * 3 % 1_000_003 + (a < b) + 2 * (a == b)
    return n


def nested(n):
    count = 0
    for i in range(n):
        count += ((i, 1), "x") < ((i, 2), "a")
        count += ((i, 1), "x") == ((i, 1), "x")
        count += (i, (1, "y")) > (i, (1, "x"))
    return count


def report(what, *arguments):
    try:
        print(what.__name__, what(*arguments))
    except Exception:
        traceback.print_exc()
    print(LOG)
    LOG.clear()


nan = float("nan")
ints = [((i % 5, i % 3), (i % 4, i % 2)) for i in range(60)]
report(orders, ints)
report(orders, ints + [((True, 2), (1, 2.0)), ((2**70, 1), (2**70, 2)), ((-(2**63), 0), (2**63, 0)), ((0.0, "a"), (-0.0, "b"))])
report(orders, [(("a", 1), ("b", None)), (("a", "x"), ("a", "y")), (("é", 1), ("e", 2))])
report(orders, [(("a", 1), ("b", None)), ((1, None), (1, None)), ((1, None), (2, "x"))])
report(orders, [((1, None), (1, 3))])
report(orders, [((Loud(1), 2), (Loud(1), 3)), ((Loud(1), Loud(2)), (Loud(1), Loud(3)))])
for _ in range(3):
    report(equals, list(range(40)), 7)
    report(equals, ["a", "b", "c"] * 9, "b")
    report(equals, [None, 1, "x", 2.5, True], None)
    report(equals, [Loud(1), Loud(2)], Loud(1))
    report(of_floats, [1.0, 2.5, -0.0] * 10)
    report(of_floats, [1.0, nan, float("inf"), nan])
    report(of_floats, [1, 2, 2**60 + 1])
report(beside_tuples, [(1, 2), (3, 4), (1, 5)] * 10, 1, 2)
report(beside_tuples, [(1, 2), (3, 4), (1,), (), (1, 2, 3)] * 3, 1, 2)
report(beside_tuples, [(1, 2), Kept((5, 6)), (1, "x")], 1, 2)
report(beside_tuples, [(1, 2), [1, 2], 5], 1, 2)
report(in_parts_of_keys, [Key("abc"[i % 3], i % 5) for i in range(20)])
report(in_parts_of_keys, [Key("abc"[i % 3], i % 5 * 0.5) for i in range(12)])
report(in_parts_of_keys, [Key(i % 3, "x") for i in range(8)] + [Key("q", 1)])
report(nested, 50)
