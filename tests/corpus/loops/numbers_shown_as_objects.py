# corpus: compiled=rows,pairs
# Numbers that come to a loop as objects and are shown to other code before they are assigned again.
import sys


class Rows:
    def __init__(self, rows, watch):
        self.rows = iter(rows)
        self.watch = watch

    def __iter__(self):
        return self

    def __next__(self):
        row = next(self.rows)
        if row[0] in self.watch:
            shown = sys._getframe(1).f_locals
            print({name: shown[name] for name in ("x", "y", "z") if name in shown})
        return row


def rows(source):
    x, y, z = 0, 0.0, 0.0
    total = 0
    for x, y, z in source:
        total += x
        assert y == z
    return total, x, y, z


def pairs(source, other):
    best = 0.0
    name = 0
    for name, value in source:
        if value > best:
            best = value
        value = other(name)
    return best, name, value


print(rows(Rows([(i, i * 0.5, i * 0.5) for i in range(40)], {3, 20, 39})))
print(rows(Rows([(i, i, i * 1.0) for i in range(40)], {3, 39})))
print(rows(Rows([(i, i * 0.5, i * 0.5) if i < 30 else (i, "text", "text") for i in range(40)], {3, 31, 39})))
print(pairs([(i, i * 0.25) for i in range(30)], lambda name: name * 2.0))
print(pairs([(i, i) for i in range(30)], lambda name: name * 2 ** 62))
kept = [float(i) + 0.5 for i in range(20)]
print(rows(Rows([(i, kept[i], kept[i]) for i in range(20)], {5})), sys.getrefcount(kept[3]) - sys.getrefcount(kept[4]))
