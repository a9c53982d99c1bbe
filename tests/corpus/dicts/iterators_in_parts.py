# corpus: compiled=keys,values,items,members,small,filtered,total,most,numbered,paired,counted,attributes,holes,nested
# Loops and generator expressions over dicts, their views and sets, also where these change meanwhile, and what their iterators hold.
from collections import Counter, OrderedDict, defaultdict


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


class Plain:
    def __init__(self, n):
        self.a = n
        self.b = n + 1
        self.c = n + 2


log = []


def keys(table):
    total = 0
    for key in table:
        total += key
    return total


def values(table):
    total = 0
    for value in table.values():
        total += value
    return total


def items(table):
    total = 0
    for key, value in table.items():
        total += key * value
    return total


def members(numbers):
    total = 0
    for number in numbers:
        total ^= number
    return total


def small(table):
    pairs = []
    for key, value in table.items():
        pairs.append((key, value))
    return pairs


def filtered(table):
    return {value: key for key, value in table.items() if value % 3}, [key for key in table.keys() if key % 2], {v for v in table.values()}


def total(table):
    return sum(value for value in table.values()), sum(k * v for k, v in table.items() if v)


def most(table):
    return max(k - v for k, v in table.items()), any(v > 10**9 for v in table.values()), sorted(-k for k in table)


def numbered(table):
    out = 0
    for i, key in enumerate(table):
        out += i * key
    for i, value in enumerate(table.values(), 5):
        out ^= i + value
    return out


def paired(table, numbers):
    out = 0
    for key, value, number in zip(table, table.values(), numbers):
        out += key * value - number
    return out


def counted(words):
    return [(word, n) for word, n in words.items() if n > 1], sum(words.values()), sum(n for n in words.values())


def attributes(thing):
    out = []
    for name, value in thing.__dict__.items():
        out.append(f'{name}={value}')
    return out, [name for name in vars(thing)]


def holes(table):
    out = 0
    for key in table:
        out = out * 7 + key & 0xFFFF
    for value in table.values():
        out = out * 5 + value & 0xFFFF
    return out


def nested(graph):
    count = 0
    for node, edges in graph.items():
        for other in edges:
            for value in graph[other].values():
                count += value * node
    return count


table = {i: i * 3 % 101 for i in range(3000)}
numbers = set(range(0, 6000, 3))
print(keys(table), values(table), items(table), members(numbers), members(frozenset(numbers)))
for n in range(60):
    few = {k: k + 1 for k in range(n % 5)}
    got = small(few)
    assert got == list(few.items())
    assert filtered(few) == ({v: k for k, v in got if v % 3}, [k for k, _ in got if k % 2], {v for _, v in got})
print(filtered({k: k * 2 for k in range(400)})[1][:5], total(table), most(table)[0], len(most(table)[2]))
print(numbered(table), paired(table, numbers), [total({1: n, 2: 0}) for n in range(40)][-1], total({}), [most({1: n, 2: 0}) for n in range(40)][-1])
words = Counter('the quick the lazy the dog dog'.split())
ordered, default = OrderedDict(b=2, a=5), defaultdict(int, x=3, y=4)
for _ in range(300):
    results = counted(words), counted(ordered), counted(default)
print(results)
things = [Plain(n) for n in range(300)]
print([attributes(thing) for thing in things][-1])
del things[0].b
things[0].z = 9
print(attributes(things[0]), attributes(things[1]))
sparse = {i: i for i in range(500)}
for key in range(0, 500, 3):
    del sparse[key]
names = {str(i): i for i in range(500)}
for key in range(0, 500, 7):
    del names[str(key)]
print(holes(sparse), sum(len(name) for name in names), sum(v for v in names.values()))
print(nested({n: {m: n - m for m in range(n)} for n in range(40)}))


# Tables that change.
def changes(table, at, change):
    seen = 0
    try:
        for key in table:
            seen += 1
            if seen == at:
                change(table)
    except RuntimeError as error:
        return seen, str(error)
    return seen, len(table)


def changes_items(table, at, change):
    seen = 0
    try:
        for key, value in table.items():
            seen += value
            if key == at:
                change(table)
    except RuntimeError as error:
        return seen, str(error)
    return seen, len(table)


def add(table):
    table[-1] = 0


def swap(table):
    del table[700]
    table[-2] = 0


def set_all(table):
    for key in list(table):
        table[key] = 1


def swap_member(numbers):
    numbers.discard(0)
    numbers.add(-5)


for change in add, dict.popitem, swap, set_all, dict.clear:
    print(changes({i: i for i in range(800)}, 600, change), changes_items({i: i for i in range(800)}, 600, change))
for change in (lambda numbers: numbers.add(-1)), swap_member, set.clear:
    seen, result = changes(set(range(800)), 600, change)
    print(result if isinstance(result, str) else (seen > 599, result))


# An iterator over items holds the last key and the last value until the next one.
def replaces(table):
    for key, value in table.items():
        table[key] = None
        del value
        log.append(key)
    log.append('end')


def replaces_in_expression(table, clear):
    return [clear(table, key, value) for key, value in table.items()]


def clear(table, key, value):
    table[key] = None
    log.append(key)


def breaks(table):
    for key, value in table.items():
        if key == 2:
            table[2] = 0
            break
    log.append('broken')
    return key


def keeps(table):
    kept = []
    for pair in table.items():
        kept.append(pair)
    return kept


for _ in range(20):
    log.clear()
    replaces({n: Loud(-n) for n in range(1, 5)})
    replaces_in_expression({n: Loud(-n) for n in range(1, 5)}, clear)
    held = {n: Loud(f'value {n}') for n in range(4)}
    breaks(held)
    held = None
    log.append('kept')
    kept = keeps({n: Loud(f'kept {n}') for n in range(3)})
    kept.pop()
    log.append('popped')
    del kept
print(log)


# Dicts and sets of which nobody knows but the loop; iterators that others hold, too.
def temporary(n):
    for key in {n: Loud('key'), n + 1: Loud('other')}.values():
        log.append(key.name + '!')
    del key
    for thing in {Loud('member')}:
        pass
    log.append('over')


def shared(table):
    out = []
    iterator = iter(table.items())
    for key, value in iterator:
        out.append(key)
        for other, _ in iterator:
            out.append(other * 100)
            break
    return out


log.clear()
for n in range(3):
    temporary(n)
print(log)
print([shared({i: i for i in range(n)}) for n in range(9)][-1])
total_of_globals = 0
name = value = None
a = b = 1
for n in range(3000):
    a += 1
    if n == 2500:
        for name, value in globals().items():
            if name in ('a', 'b', 'n'):
                total_of_globals += value
print(total_of_globals)
