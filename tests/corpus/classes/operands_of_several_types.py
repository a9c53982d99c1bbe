# corpus: compiled=items,lengths,holds,equal,less,taken,put,rated
"""Operators of which an operand is of one of several types, builtin ones and classes written in Python: results and errors are those of each of them."""
import traceback


class Row:
    def __init__(self, v):
        self.v = v

    def __getitem__(self, i):
        if i > 5:
            raise IndexError(f"{type(self).__name__} {i}")
        return self.v + i

    def __setitem__(self, i, value):
        self.v = value - i

    def __len__(self):
        return self.v

    def __contains__(self, i):
        return self.v == i

    def __eq__(self, other):
        return self.v == other.v if isinstance(other, Row) else NotImplemented

    def __lt__(self, other):
        return self.v < other.v if isinstance(other, Row) else NotImplemented

    __hash__ = None


class Sub(Row):
    pass


class Own(Row):
    def __getitem__(self, i):
        return -i

    def __len__(self):
        return 40

    def __lt__(self, other):
        return "less"


class Reflects(Row):
    def __gt__(self, other):
        return "reflected"


class MyList(list):
    def __getitem__(self, i):
        return "mine"


def where(error):
    return type(error).__name__, str(error), [line.lineno for line in traceback.extract_tb(error.__traceback__)]


def items(rows, i):
    out = []
    for row in rows:
        try:
            out.append(row[i])
        except (IndexError, KeyError, TypeError) as error:
            out.append(where(error))
    return out


def lengths(rows):
    n = 0
    for row in rows:
        n += len(row)
    return n


def holds(rows, what):
    out = []
    for row in rows:
        if what in row:
            out.append(1)
        if what not in row:
            out.append(2)
    return out


def equal(rows, other):
    n = 0
    for row in rows:
        if row == other:
            n += 1
        elif row != other:
            n += 10
    return n


def less(rows, other):
    out = []
    for row in rows:
        try:
            out.append((row < other, other < row))
        except TypeError as error:
            out.append(where(error))
    return out


def taken(rows):
    out = []
    for row in rows:
        try:
            a, b, c = row
            out.append((a, b, c))
        except (ValueError, TypeError) as error:
            out.append(where(error))
    return out


def put(rows, i, value):
    for row in rows:
        row[i] = value
    return rows


def rated(values):
    n = 0
    for value in values:
        if isinstance(value, int):
            n += value
        elif isinstance(value, (float, str)):
            n += len(str(value))
        elif isinstance(value, Row):
            n += value.v
        else:
            n += 1000
    return n


CLASSES = [Row(1), Sub(2), Own(3)]
BUILTIN = [[1, 2, 3], (4, 5, 6), {0: 7, 1: 8, 2: 9}, "abc"]
MIXED = [[1, 2, 3], Row(3), (4, 5, 6), Sub(1)]
for rows in (CLASSES, BUILTIN, MIXED, [b"abc", "def", [1, 2, 3]], [MyList("abc"), [1, 2, 3], Row(2)]):
    for _ in range(50):
        items(rows, 1), lengths(rows), taken(rows)
        for what in (1, 2, "a"):
            if not any(isinstance(row, (str, bytes)) for row in rows):
                holds(rows, what)
        equal(rows, rows[0])
    print(items(rows, 1), items(rows, 7), items(rows, -1), lengths(rows), taken(rows), equal(rows, rows[0]), equal(rows, 5))
print(items([(1,), [2], {3: 4}, "x", Row(1)], "key"), items([None, 3, [1]], 0))
for rows in (CLASSES, MIXED):
    print([holds(rows, what) for what in (1, 2, 3, 5, "a")])
for _ in range(50):
    less(CLASSES, CLASSES[0]), less([1, 2.5, True], 2)
print(less(CLASSES, CLASSES[0]), less(CLASSES, CLASSES[2]), less(CLASSES + [Reflects(0), 3], CLASSES[0]), less([1, 2.5, True, "x", None], 2))
for _ in range(50):
    put([[0, 0], {1: 1}, Row(1), Sub(1)], 1, 5)
rows = put([[0, 0], {1: 1}, Row(1), Sub(1)], 1, 9)
print(rows[:2], rows[2].v, rows[3].v)
try:
    put([[0, 0], (1, 2)], 1, 9)
except TypeError as error:
    print(where(error))
try:
    put([{}, [0]], 1, 9)
except IndexError as error:
    print(where(error))
VALUES = [1, True, 2.5, "text", Row(7), Sub(8), Own(9), None, [1], 2**70]
for _ in range(60):
    rated(VALUES[:4]), rated(VALUES[4:8]), rated(VALUES)
print(rated(VALUES[:4]), rated(VALUES[4:8]), rated(VALUES))
Sub.__len__ = lambda self: 100
Row.__getitem__ = lambda self, i: "changed"
print(items(CLASSES, 1), lengths(CLASSES), lengths(MIXED), items(MIXED, 0))
Sub.__eq__ = lambda self, other: True
print(equal(CLASSES, CLASSES[0]), equal(MIXED, MIXED[1]))


class Pretends:
    @property
    def __class__(self):
        return int

    def __radd__(self, other):
        return other + 5000


print(rated(VALUES[:2] + [Pretends()]))
