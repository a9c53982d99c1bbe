# corpus: compiled=ints,pairs,cells
def ints(n):
    seen = set()
    hits = 0
    for i in range(n):
        k = i * 7 % 31
        if k in seen:
            hits += 1
            seen.discard(k - 1)
        else:
            seen.add(k)
        if -k in seen:
            seen.remove(-k)
    return hits, sorted(seen)


print(ints(5))
print(ints(300))


def pairs(n):
    seen = {(0, 0)}
    table = {}
    for i in range(n):
        key = (i % 5, i % 3)
        if key not in seen:
            seen.add(key)
        table[key] = table.get(key, 0) + 1
        if (i % 7, "x") in table:
            table[i % 7, "x"] += 1
        else:
            table[i % 7, "x"] = 1.5
    return len(seen), sorted(table.items(), key=str), table[1, 1]


print(pairs(200))


class Key:
    def __init__(self, name, value):
        self.name = name
        self.value = value

    def __hash__(self):
        print("hash", self.name)
        return hash(self.value)

    def __eq__(self, other):
        print("eq", self.name)
        return self.value == other or isinstance(other, Key) and self.value == other.value


def strange(keys, probe, n):
    found = []
    for i in range(n):
        s = set(keys)
        found.append(probe in s)
        s.add(probe)
        found.append(len(s))
        s.discard(probe)
        found.append(len(s))
    return found[-6:]


print(strange([1, 2, 3], 2, 50))
print(strange([1, Key("two", 2)], 2, 2))
print(strange([1, (1, 2)], (1, 2), 50))
print(strange([1, Key("pair", (1, 2))], (1, 2), 2))
print(strange([(1, Key("in", 2))], (1, 2), 2))
print(strange([1.0, True, "a"], 1, 20))


class Small(int):
    def __eq__(self, other):
        print("small eq")
        return int(self) == int(other)

    def __hash__(self):
        return int(self)


print(strange([Small(7), 8], 7, 2))
print(strange([7, 8], Small(7), 2))


def unhashable(n):
    found = []
    s, d = {1}, {1: 2}
    for i in range(n):
        for key in ((1, 2), (1, [2]), (1, ([],))):
            try:
                found.append(key in s)
            except TypeError as error:
                found.append(str(error))
            try:
                found.append(d.get(key, 0))
            except TypeError as error:
                found.append(str(error))
            try:
                s.add(key)
            except TypeError as error:
                found.append(str(error))
    return found[-9:], len(s)


print(unhashable(40))


def missing(n):
    found = []
    s = {1, 2}
    for i in range(n):
        try:
            s.remove(i)
        except KeyError as error:
            found.append(error.args)
    return found[:3], len(found), s


print(missing(60))


def cells(n):
    nan = float("nan")
    grid = {(x, y) for x in range(6) for y in range(6) if (x * y) % 4 == 1}
    frozen = frozenset(grid)
    for _ in range(n):
        counts = {}
        for x, y in grid:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        k = (x + dx, y + dy)
                        counts[k] = counts.get(k, 0) + 1
        grid = {k for k, c in counts.items() if c == 3 or c == 2 and k in grid}
    return sorted(grid), (1, 1) in frozen, (nan, 1) in {(nan, 1)}, (float("nan"), 1) in {(nan, 1)}


print(cells(12))


def resized(n):
    s = set()
    for i in range(n):
        s.add(i << 61)
        s.add((i, str(i)))
    kept = 0
    for i in range(2 * n):
        if i << 61 in s:
            kept += 1
        if (i, str(i)) in s:
            kept += 1
    return kept, len(s)


print(resized(300))


def order(n):
    s = set()
    out = []
    for i in range(n):
        s.add(i * 37 % 101)
        s.discard(i * 53 % 101)
        out.append(list(s)[:3])
    return list(s), out[-4:], s.pop(), len(s)


print(order(300))


def changes(s, operations):
    for kind, key in operations:
        if kind == 0:
            s.add(key)
        elif kind == 1:
            s.discard(key)
        elif key in s:
            s.remove(key)


def many_changes(rounds):
    import random

    chance = random.Random(5)
    digest = 0
    for _ in range(rounds):
        top = chance.choice([6, 12, 40, 200])
        s = set(range(chance.randrange(5)))
        for _ in range(chance.randrange(1, 6)):
            changes(s, [(chance.choice([0, 0, 1, 2]), chance.randrange(top) * chance.choice([1, 8, 1024])) for _ in range(chance.randrange(60))])
            digest = hash((digest, tuple(s)))
    return digest


print(many_changes(150))
