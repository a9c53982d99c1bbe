# corpus: compiled=summed,listed,looped,words,fields,lost,first_of,raising
# Generators of several loops run in place, and what they lose on the way from one item to the next is destroyed as the interpreter does it.
import weakref

LOG = []


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        LOG.append(self.name)


class Quiet:
    def __init__(self, name):
        self.name = name


rows = [[i + j for j in range(i % 5)] for i in range(12)]
lines = [f"the quick brown fox {i} jumps,over the lazy,dog {i * 7}" for i in range(9)]


def summed(rows, n):
    total = sum(v for row in rows for v in row)
    total += sum(x * y for x in rows[3][:n] for y in rows[4][:n])
    total += sum(1 for x in range(n) if x % 3 for y in range(x) if y != x - 2)
    return total, max(v for row in rows for v in row), any(v == 14 for row in rows for v in row)


def listed(rows):
    return list(v for row in rows for v in row), sorted(v * 7 % 11 for row in rows for v in row), set(v for row in rows for v in row)


def looped(rows):
    seen = []
    for v in (v + len(row) for row in rows for v in row):
        if v == 13:
            continue
        seen.append(v)
        if v > 16:
            break
    return seen


def words(lines):
    return sum(len(w) for line in lines for w in line.split()), sum(1 for line in lines for w in line.split() if len(w) > 3)


def parted(lines):
    for line in lines:
        parts = line.split(",")
        if len(parts) > 2:
            yield parts[0], len(parts)


def fields(lines):
    total = 0
    for first, count in parted(lines):
        total += len(first) * count
    return total


def holding(n, kind):
    for i in range(n):
        held = [kind(i), kind(-i)]
        yield len(held)
        LOG.append("next")
        both = held, [held]
        for _ in range(2):
            yield both[0][0].name


def lost(n, kind):
    total = 0
    for v in holding(n, kind):
        total += v
    return total


def first_of(n, kind):
    return sum(len([kind(x), kind(y)]) for x in range(n) for y in [kind(x).name] * 2)


def refs(n):
    watched = []

    def made():
        for i in range(n):
            one = Quiet(i)
            watched.append(weakref.ref(one))
            box = [one]
            del one
            yield box[0].name

    alive = []
    for v in made():
        alive.append(sum(ref() is not None for ref in watched))
    return alive


def raising(rows, at):
    found = 0
    try:
        for v in (v // (v - at) for row in rows for v in row):
            found += v
    except ZeroDivisionError as error:
        step = error.__traceback__.tb_next
        return found, step.tb_frame.f_locals["v"], step.tb_frame.f_code.co_name, step.tb_lineno
    return found, None


def changing(rows):
    taken = []
    for v in (v for row in rows for v in row):
        taken.append(v)
        if len(taken) < 20:
            rows[-1].append(v + 1)
    return taken


for turn in range(30):
    print(summed(rows, 4), listed(rows), looped(rows), words(lines), fields(lines))
    print(lost(3, Quiet), first_of(3, Quiet), refs(4), LOG)
    LOG.clear()
    if turn > 20:
        print(lost(3, Loud), LOG)
        LOG.clear()
        print(first_of(2, Loud), LOG)
        LOG.clear()
    print(raising(rows, 9), raising(rows, 99), changing([[1, 2], [3]])[-3:])
print(sum(v for row in [[], [1.5], [], [2.5, 3]] for v in row))
for odd in ([[1], None], [[1], ["a"]], [[2**70], [True, 2.5]]):
    try:
        print(sum(v for row in odd for v in row))
    except TypeError as error:
        print(error)
    try:
        print(summed([*odd, [], [1], [2]], 1))
    except TypeError as error:
        print(error, error.__traceback__.tb_next.tb_lineno)
