# corpus: compiled=churn,words,mixed,by_tuple,spread
# Entries that are added to tables of all widths, with and without deleted ones, and what the tables look like after that.
import sys


def churn(table, steps, width):
    state = 1
    for _ in range(steps):
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        key = state >> 8
        key %= width
        if state & 3:
            table[key] = state
        elif key in table:
            del table[key]
    return table


def words(table, names):
    for name in names:
        table[name] = len(table)
        if len(name) == 3:
            del table[name]
    return table


def mixed(table, keys):
    for key in keys:
        table[key] = table.get(key, 0) + 1
    return table


def by_tuple(n):
    table = {}
    for x in range(n):
        for y in range(-3, 3):
            table[x, y] = x * y
            table[y, x] = x - y
    return table


def spread(n):
    table = {}
    for i in range(n):
        table[(i * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) - (1 << 63)] = i
    return sum(table[key] * (at % 7) for at, key in enumerate(table))


def shown(table):
    return len(table), sys.getsizeof(table), hash(tuple(table.items()))


for width in 5, 200, 3000, 80_000:
    table = {}
    print(shown(churn(table, 30_000, width)), shown(churn(table, 3000, width)), shown(churn(dict(table), 100, width)))
names = [f'{n * 7919 % 5000:x}' for n in range(12_000)]
print(shown(words({}, names)), shown(words({1: 2}, names)), shown(words(dict.fromkeys(names[:40]), names[:60])))
print(list(mixed({}, ['a', 1, 'b', 2.5, 'a', True, None, 'c', 1, (1, 2), 'd', b'e', 3] * 40).items()))
print(shown(mixed({'only': 1}, names)), shown(by_tuple(900)), spread(3000))


# A key whose comparison sees the table, and keys that Python code hashes.
class Same:
    def __init__(self, key):
        self.key = key

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        seen.append((len(table), other))
        return self.key == other


def fill(table, n):
    for i in range(n):
        table[i] = i
    return len(table)


seen = []
for n in range(40):
    table = {Same(n): 'same', 'a': 1}
    assert fill(table, 60) == 61, n
print(len(seen), seen[0], seen[-1])
