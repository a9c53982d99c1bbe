# corpus: compiled=divided,indexed,attributes,changed
# What a generator expression raises comes from its own line and frame, wherever it was; and the loop's own exceptions leave it behind.
import sys
import traceback


def divided(values, by):
    total = 0
    for x in (
        100
        // (x - by)
        for x in values
    ):
        total += x
    return total


def indexed(rows, index):
    return any(
        row[index] > 5
        for row in rows
    )


def attributes(objects):
    out = []
    for name in (o.name for o in objects):
        out.append(name)
        if name == "stop":
            raise KeyError(len(out))
    return out


def changed(values):
    total = 0
    for x in (x + 1 for x in values):
        if x == 4:
            values.append(10)
        if x == 11 and len(values) < 8:
            del values[0]
            values.append(12)
        total += x
    return total


class Named:
    def __init__(self, name):
        self.name = name


class Lazy:
    @property
    def name(self):
        frame = sys._getframe(1)
        return f"{frame.f_code.co_name} {frame.f_back.f_code.co_name} {sorted(frame.f_locals)}"


class Raising:
    @property
    def name(self):
        raise StopIteration("odd")


def show(function, *args):
    try:
        print(function.__name__, function(*args))
    except Exception as error:
        print(type(error).__name__, error, type(error.__cause__).__name__)
        for frame, line in traceback.walk_tb(error.__traceback__):
            names = {name: value for name, value in frame.f_locals.items() if isinstance(value, (int, str))}
            print("  ", frame.f_code.co_name, line - frame.f_code.co_firstlineno, names if frame.f_code.co_name != "<module>" else "")


for _ in range(80):
    divided([1, 2, 3], 9)
    indexed([[1, 2], [3, 9]], 1)
    attributes([Named("a"), Named("b")])
    changed([1, 2, 3])
show(divided, [1, 2, 3], 7)
show(divided, [1, 2, 3], 3)
show(divided, [3, 1], 3)
show(divided, [1, "x"], 3)
show(divided, [2**70, 1.5], 3)
show(indexed, [[1, 2], [3]], 1)
show(indexed, [[], [3]], 0)
show(indexed, [[1], None], 0)
show(indexed, [[1], (7,)], 0)
show(attributes, [Named("a"), Named("stop"), Named("b")])
show(attributes, [Named("a"), Lazy(), Named("b")])
show(attributes, [Named("a"), Raising()])
show(attributes, [Named("a"), 3])
show(changed, [1, 2, 3])
show(changed, [10, 3])
show(divided, 5, 3)
