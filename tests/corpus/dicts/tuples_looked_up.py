# corpus: compiled=neighbours,marks,scores,counted,texts,asked
# Tuples that are only looked up, in dictionaries and sets: they are not made for that, and nobody can tell.


class Loud:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return hash(self.number)

    def __eq__(self, other):
        print("asked", self.number, getattr(other, "number", other))
        return isinstance(other, Loud) and self.number == other.number


class Pair(tuple):
    def __eq__(self, other):
        print("pair asked")
        return tuple.__eq__(self, other)

    __hash__ = tuple.__hash__


def neighbours(cells, n):
    found = 0
    for x in range(-1, n):
        for y in range(-1, n):
            for dx, dy in ((0, 1), (1, 0), (-1, -1)):
                if (x + dx, y + dy) in cells:
                    found += 1
                if (x, y) not in cells:
                    found -= 1
    return found


def marks(table, n):
    out = []
    for x in range(n):
        for y in range(n):
            if (x, y) in table:
                out.append(table[x, y])
            else:
                out.append(table.get((y, x)))
            out.append(table.get((x, -y), y))
    return out


def scores(table, names):
    total = 0
    for at, name in enumerate(names):
        total += table.get((name, at % 3), 0.5)
        total += table.get((name, at % 3, None), 1)
    return total


def counted(n):
    table = {}
    for i in range(n):
        table[i % 7, i % 3] = table.get((i % 7, i % 3), 0) + 1
    return sorted(table.items())


def texts(table, keys):
    out = []
    for key in keys:
        out.append((key, 1) in table)
        try:
            out.append(table[key, 1])
        except KeyError as error:
            out.append(error.args)
    return out


def asked(table, keys):
    out = []
    for key in keys:
        out.append((key, 2) in table)
    return out


def main():
    cells = {(x, y) for x in range(12) for y in range(12) if (x * y) % 3}
    print(neighbours(cells, 12), neighbours(frozenset(cells), 9), neighbours(dict.fromkeys(cells), 9))
    table = {(x, y): x - y for x in range(9) for y in range(-9, 9) if x != y}
    print(hash(tuple(marks(table, 10))))
    names = ["ab", "c", "", "ab", "d"] * 20
    print(scores({("ab", 0): 2, ("c", 1): 3.5, ("", 2, None): 7, (1, 2): 9}, names))
    print(counted(100))
    texted = {(1, 1): "int", ("a", 1): "str", (2.5, 1): "float", (None, 1): "none", ((1, 2), 1): "tuple", (-1, 1): "minus one"}
    print(texts(texted, [1, "a", 2.5, None, (1, 2), -1, -2, True, 1.0, float("nan"), 2**70, b"a"] * 20))
    nan = float("nan")
    print(texts({(nan, 1): "nan"}, [nan, float("nan"), nan] * 20))
    try:
        texts(texted, [1, [2]] * 3)
    except TypeError as error:
        print(error)
    # Keys that want to be asked are asked, as often and in that order.
    for _ in range(3):
        print(asked({(Loud(1), 2): 1}, [Loud(1), 1, Loud(3), "a", 1]))
        print(asked({Pair((1, 2)): 1}, [1, 2, 1]))
        print(asked({Pair((1, 2)), (3, 2)}, [1, 2, 3]))
    big = {(i, 2) for i in range(0, 600, 5)}
    print(asked(big, range(600)).count(True))


main()
main()
