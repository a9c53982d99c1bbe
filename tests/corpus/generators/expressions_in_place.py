# corpus: compiled=products,found,pairs,points,nested,chained,early,formatted,constants
# Generator expressions that loops of the same function ask for items: values, order, and what outlives a loop that ends early.


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def products(values, factor):
    total = 0
    for value in (x * factor for x in values):
        total += value
    return total


def found(values, wanted):
    return any(x == wanted for x in values), all(x < 1000 for x in values), tuple(x - wanted for x in values)


def pairs(count):
    total = 0
    for i, square in ((i, i * i) for i in range(count) if i % 3):
        total += i ^ square
    return total


def points(some, least):
    total = 0
    for x in (p.x + p.y for p in some if p.x > least):
        total += x
    return total


def nested(rows):
    return all(all(x >= 0 for x in row) for row in rows), [sum(x for x in row) for row in rows]


def chained(values):
    return [y for y in (x + 1 for x in (x * 2 for x in values) if x % 3)]


def early(values, stop):
    out = []
    for x in (x * x for x in values):
        if x > stop:
            break
        out.append(x)
    else:
        out.append("end")
    return out


def formatted(values):
    return tuple(f"{x}-{i}" for i, x in enumerate(values))


def constants(values):
    return tuple(1 for _ in values), tuple(None for x in values if x), any(False for _ in values)


some = [Point(i, i * 2) for i in range(7)]
rows = [list(range(n)) for n in range(5)]
for _ in range(80):
    products([1, 2, 3], 2)
    found([1, 2, 3], 3)
    pairs(9)
    points(some, 2)
    nested(rows)
    chained([1, 2, 3])
    early([1, 2, 3], 100)
    formatted([1, 2])
    constants([0, 1])
print(products([1, 2, 3], 7), products([], 7), products((4, 5), 1), products(range(5), -1), products([0.5, 2], 2), products(["a", 2], 2) if 0 else "")
print(products([2**40, 2**62], 2**20), products([True, 2**70], 3), products([1.5, -0.0], 1.0))
print(found([5, 6, 7], 6), found([5000], 6), found([], 0), found([1.0, 2], 2), found(range(3), 2))
print(pairs(0), pairs(1), pairs(2), pairs(50))
print(points(some, 3), points(some, 100), points([], 0), points(some[:1] + [Point(1.5, 2**70)], -1))
print(nested(rows), nested([[-1], [1]]), nested([]))
print(chained([]), chained(range(6)), chained([1.5, 2**64]))
print(early([1, 2, 3, 4], 8), early([], 0), early([9], 0), early([1], 1))
print(formatted("abc"), formatted([None, 2.5, (1,)]))
print(constants([0, 1, ""]), constants([]))
