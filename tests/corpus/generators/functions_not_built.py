# corpus: compiled=uses_a_cell,changes_a_cell,two_cells,reduced,Board.of_a_method,inner
# Generator expressions in place, whose functions are not built: what their cells hold changes, they fail, are left half way, and are seen.

import sys
import traceback


def uses_a_cell(rows, wanted):
    found = 0
    for i in range(12):
        if any(row[0] == wanted for row in rows):
            found += 1
    return found


def changes_a_cell(rows):
    limit = 0
    counts = []
    for i in range(10):
        limit = i * 2
        counts.append(sum(1 for row in rows if row < limit))
        if all(row < limit for row in rows):
            limit = "end"
    return counts, limit


def two_cells(keys, table, default):
    total = 0
    for key in keys:
        total += max(table.get(key + i, default) for i in range(3))
        default += 1
    return total


def reduced(words, sep):
    out = []
    for n in range(6):
        out.append(sep.join(word + sep for word in words))
        out.append(sorted(len(word) * n for word in words))
        out.append(set(word[0] + str(n) for word in words) == {word[0] + str(n) for word in words})
        out.append(min((len(word) - n for word in words), default=None))
    return out


class Board:
    def __init__(self, cells):
        self.cells = cells

    def of_a_method(self, limit):
        hits = 0
        for row in range(len(self.cells)):
            if any(self.cells[row][i] > limit for i in range(3)):
                hits += 1
            if not all(self.cells[i][row] <= limit for i in range(3)):
                hits += 10
        return hits


def inner(rows, wanted):
    count = 0
    for _ in range(5):
        count += sum(sum(item == wanted for item in row) for row in rows)
    return count


def fails(rows, divisor):
    seen = []
    for i in range(8):
        divisor -= 1
        try:
            seen.append(sum(row / divisor for row in rows))
        except ZeroDivisionError as error:
            frames = traceback.extract_tb(error.__traceback__)
            seen.append([(frame.name, frame.lineno - fails.__code__.co_firstlineno) for frame in frames])
    return seen


def misses(rows):
    wanted = None
    for i in range(8):
        try:
            if any(row == wanted for row in rows):
                del wanted
        except NameError as error:
            wanted = str(error)
        else:
            if i == 5:
                wanted = rows[0]
    return wanted


def half_way(rows, limit):
    rest = []
    for i in range(8):
        generator = (row + limit for row in rows)
        for item in generator:
            if item > limit + i:
                break
        limit += 1
        rest.append((item, list(generator)))
    return rest


def kept(rows):
    generators = []
    for i in range(6):
        generators.append(row * i for row in rows)
    return [list(generator) for generator in generators]


class Loud:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        frame = sys._getframe(1)
        SEEN.append((frame.f_code.co_name, sorted(frame.f_locals), frame.f_back.f_code.co_name))
        return self.name == other

    def __del__(self):
        SEEN.append("~" + self.name)


SEEN = []


def looked_at(rows, wanted):
    hits = 0
    for i in range(4):
        hits += any(row == wanted for row in rows)
    return hits


def dies(rows):
    hits = 0
    for i in range(6):
        value = Loud(f"v{i}")
        hits += any(row is value for row in rows)
        hits += sum(row is not value for row in rows)
        value = None
        SEEN.append(i)
    return hits


def names():
    out = []
    for i in range(6):
        generator = (i + k for k in range(3))
        out.append((generator.__name__, generator.__qualname__, generator.gi_code.co_freevars, sum(generator), sum(generator)))
    return out


def run():
    rows = [(1, 2), (3, 4), (5, 6)]
    for wanted in (5, 7, 2.5, "x", 1):
        print(uses_a_cell(rows, wanted), uses_a_cell([], wanted))
    print(changes_a_cell([3, 9, 1]), changes_a_cell([2.5, 2**70, -1]))
    print(two_cells([1, 2, 3], {2: 5, 3: 1}, 0), two_cells([1.5, 2], {2: 2**65}, 0.5))
    print(reduced(["a", "bc", "def"], "-"), reduced([], ""))
    board = Board([[1, 5, 2], [0, 0, 0], [7, 1, 1]])
    print([board.of_a_method(limit) for limit in (0, 1, 4, 6.5, 9)])
    print([inner([(1, 2), [2, 2.0], (True, 2**66)], wanted) for wanted in (2, 1, 2**66)])
    print(fails([4, 8], 4), fails([], 3), fails([1.5], 6))
    print(misses([1, 2]))
    print(half_way([1, 3, 5], 0), half_way([0.5, 2**63], 1))
    print(kept([1, 2.5]))
    print(looked_at([Loud("a"), Loud("b")], "b"), SEEN)
    SEEN.clear()
    print(dies([1, "a", None]), SEEN)
    SEEN.clear()
    print(names())


for turn in range(6):
    run()
