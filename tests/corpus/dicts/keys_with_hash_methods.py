# corpus: compiled=known,missing,stored,nested
# Keys of classes written in Python: their `__hash__` runs in place.
from dataclasses import dataclass
from enum import Enum

LOG = []


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __hash__(self):
        return hash((self.x, self.y))

    def __eq__(self, other):
        return isinstance(other, Point) and self.x == other.x and self.y == other.y


@dataclass(frozen=True)
class Cell:
    row: int
    name: str


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


class Same:
    """All have one hash."""

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return -1

    def __eq__(self, other):
        LOG.append((self.name, getattr(other, "name", other)))
        return self is other


class Big:
    def __hash__(self):
        return 2**70 + 5


class Bad:
    def __hash__(self):
        return "text"


class Loud:
    def __hash__(self):
        LOG.append("hash")
        return 7


def known(table, keys):
    total = 0
    for key in keys:
        if key in table:
            total += table[key] + table.get(key, 0)
    return total


def missing(table, keys):
    found = 0
    for key in keys:
        found += table.get(key) is not None
        found += key not in table
    return found


def stored(keys):
    table = {}
    for turn, key in enumerate(keys):
        table[key] = turn
        table[key] += 1
    return sum(table.values()), len(table)


def members(group, keys):
    return sum(key in group for key in keys), sum(1 for key in keys if key in frozenset(group))


def colliding(table, keys):
    total = 0
    for key in keys:
        total += table[key]
        total += key in table
    return total


def nested(keys):
    counts = {}
    for key in keys:
        counts[(key.row, key.name)] = counts.get((key.row, key.name), 0) + hash((key.row, (key.name, None))) % 7
        counts[key] = hash((key.row, 2.5)) % 5
    return len(counts), sum(counts.values())


points = [Point(i % 5, i // 5) for i in range(20)]
cells = [Cell(i, "abc"[i % 3]) for i in range(12)]
for turn in range(8):
    print(known({p: p.x for p in points}, points), known({c: c.value for c in Color}, list(Color)), known({c: 1 for c in cells}, cells))
    print(missing({p: p.x for p in points[:9]}, points), missing({Color.RED: 0}, list(Color)), missing({}, points), missing({"a": 1}, points))
    print(stored(points), stored(cells), stored(list(Color) * 3), nested([Cell(i, "x") for i in range(5)]))
    print(members(set(points[::2]), points), members(set(cells[:4]), cells), members({Color.BLUE}, list(Color)))
    same = [Same("a"), Same("b")]
    print(colliding({key: 1 for key in same}, same), LOG)
    LOG.clear()
    # Equal keys that are other objects, and numbers that have the same hash.
    print(known({p: p.x for p in points}, [Point(2, 1), Point(9, 9)]), known({hash(points[3]): 1, points[3]: 4}, points[2:5]))
    print(known({Big(): 1}, [Big()]), known({"k": 1, 5: 2}, [Big()]))

big = Big()
print(known({big: 3}, [big] * 3), hash(big))
for key in (Bad(), Loud(), []):
    try:
        print(known({1: 2}, [key, key]), LOG)
    except TypeError as error:
        print(error, error.__traceback__.tb_next.tb_lineno)
    LOG.clear()
Point.__hash__ = lambda self: LOG.append("new") or 3
print(missing({points[0]: 1, 3: 4}, points[:2]), LOG)
Point.__hash__ = None
try:
    known({}, points)
except TypeError as error:
    print(error)
