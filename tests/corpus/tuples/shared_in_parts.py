# corpus: compiled=cell,best,held,swapped,nested,looked_at,dropped,keys
import sys

# Tuples of which more is wanted than their items, and that several variables hold.
class Grid:
    def __init__(self, rows):
        self.rows = rows

    def __getitem__(self, key):
        if isinstance(key, tuple):
            i, j = key
            return self.rows[i][j]
        return self.rows[key]

    def __setitem__(self, key, value):
        i, j = key
        self.rows[i][j] = value


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def cell(grid, n):
    total = 0
    for i in range(n):
        a, b = i % 3, i % 2
        total += grid[a, b] * grid[b][a % 2]
        grid[b, a % 2] = i
    return total


def best(values):
    found = None
    for i, value in enumerate(values):
        if found is None or value < found[1]:
            found = (i, value)
    return found


def held(n):
    seen = []
    for i in range(n):
        pair = (i, i * 1.5)
        other = pair
        if other is pair and pair[0] % 10 == 0:
            seen.append(pair)
            seen.append(other is seen[-1])
        total = pair[0] + other[1] + len(pair)
    return seen[-4:], total, pair, pair is other


def swapped(n):
    a, b = (1, 2), (3, 4)
    for i in range(n):
        a, b = b, a
        if a[0] == 3:
            b = (b[0] + i, a)
            b = b[0], b[1][1]
    return a, b, a is b


def nested(n):
    point = (0.0, (1, 2))
    for i in range(n):
        previous = point
        point = (previous[0] + 0.5, (previous[1][1], previous[1][0]))
        both = (point, previous)
    return both, both[0] is point, both[1][1] is previous[1]


def peek():
    names = sys._getframe(1).f_locals
    return names["pair"] is names["same"], names["pair"]


def looked_at(n):
    out = []
    for i in range(n):
        pair = (i, str(i))
        same = pair
        if i % 2:
            out.append(peek())
        out.append((pair == same, pair < (i, "a"), hash(pair) == hash((i, str(i)))))
    return out[-5:]


def dropped(n):
    for i in range(n):
        pair = (Loud("first"), Loud("second"))
        other = pair
        pair = None
        log.append(i)
        kept = other[0]
        other = None
        log.append("other")
        del kept


def keys(n):
    table = {}
    for i in range(n):
        key = (i % 5, i % 3)
        if key in table:
            table[key] += key[0]
        else:
            table[key] = key[1]
    return sorted(table.items())


def match_it(n):
    out = []
    for i in range(n):
        p = (i % 3, i)
        match p:
            case (0, x):
                out.append(x)
            case (1, _):
                out.append(p)
            case _:
                out.append(len(p))
    return out[-6:]


for n in (4, 90, 300):
    print(cell(Grid([[1, 2], [3, 4], [5, 6]]), n), best([5, 3, 8, 2.5, 9] * n), held(n))
    print(swapped(n), nested(n), keys(n), match_it(n))
    print(looked_at(n))
    log.clear()
    dropped(n)
    print(len(log), log[-8:])
