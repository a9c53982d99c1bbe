# corpus: compiled=total,found,paired,last,drains
"""Loops over what is now a list, now a tuple, a dict, a range, text or something else: `break`, `else`, errors, containers that change meanwhile or end with
the loop, and loops in loops."""
import traceback

LOG = []


class Dies:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        LOG.append(self.n)


class Own:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter([self.n, self.n + 1])


def total(tables):
    n = 0
    for table in tables:
        for x in table:
            n += x
    return n


def found(tables, wanted):
    out = []
    for table in tables:
        for x in table:
            if x == wanted:
                out.append((x, "found"))
                break
        else:
            out.append("none")
    return out


def paired(tables):
    out = []
    for table in tables:
        for x in table:
            for y in table:
                if y > x:
                    continue
                out.append(x * 10 + y)
    return sum(out), len(out)


def last(tables):
    x = None
    out = []
    for table in tables:
        for x in table:
            pass
        out.append(x)
    return out


def drains(makers):
    n = 0
    for make in makers:
        for x in make():
            n += 1
            LOG.append("turn")
        LOG.append("end")
    return n


def failing(tables):
    out = []
    for table in tables:
        try:
            for x in table:
                out.append(10 // x)
        except (ZeroDivisionError, TypeError, RuntimeError) as error:
            out.append((type(error).__name__, str(error), [line.lineno for line in traceback.extract_tb(error.__traceback__)]))
    return out


def grows(tables):
    n = 0
    for table in tables:
        for x in table:
            n += x
            if x == 3 and isinstance(table, list) and len(table) < 6:
                table.append(x)
            if x == 4 and isinstance(table, list):
                table.clear()
    return n


FEW = [[1, 2, 3], (4, 5), {6: 0, 7: 0}]
MANY = FEW + [range(3), (), [], {}, range(0), range(5, 1, -2)]
ALL = MANY + [Own(5), {8, 9}, iter([1, 2]), (x for x in (1, 2)), map(int, "34"), bytes([1, 2])]
for tables in (FEW, [range(4), [1]], MANY):
    for _ in range(60):
        total(tables), found(tables, 2), found(tables, 5), paired(tables), last(tables)
    print(total(tables), found(tables, 2), found(tables, 5), paired(tables), last(tables))
print(total(ALL), total(ALL), found(MANY + [Own(4)], 5), last(MANY + [Own(4), "xyz", {1.5}]))

makers = [lambda: [Dies(1), Dies(2)], lambda: (Dies(3),), lambda: {Dies(4): Dies(5)}, lambda: range(2)]
for _ in range(40):
    LOG.clear()
    drains(makers)
print(drains(makers), LOG)
held = Dies(6)
LOG.clear()
print(drains([lambda: [held], lambda: (held, held), lambda: {1: held}]), LOG)

for _ in range(60):
    failing([[1, 2], (5,), {2: 1}])
print(failing([[1, 2], (5, 0, 1), {2: 1, 0: 1, 3: 1}, 5, None, [4, "x"], range(-1, 2)]))
for _ in range(60):
    grows([[1, 2, 3], (1, 2), {3: 1}])
print(grows([[1, 2, 3], (1, 3, 4), {3: 1, 4: 1}, [1, 4, 5]]))


def changes(tables):
    n = 0
    for table in tables:
        try:
            for x in table:
                n += x
                if isinstance(table, dict) and x == 50:
                    table[51] = 1
        except RuntimeError as error:
            LOG.append(str(error))
    return n


for _ in range(60):
    changes([[1], (2,), {3: 1}])
LOG.clear()
print(changes([[50], (50,), {50: 1, 60: 1}, {1: 1}]), LOG)
