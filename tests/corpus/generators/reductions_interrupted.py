# corpus: compiled=total,least
# What happens in the middle of a `sum` or `min` of a generator expression: exceptions with their tracebacks, signals, lists that change,
# functions of the same name, code that looks at the frames.
import builtins
import signal
import sys
import traceback


class Item:
    def __init__(self, value):
        self.value = value


class Property:
    @property
    def value(self):
        names = [frame.f_code.co_name for frame, _ in traceback.walk_stack(sys._getframe())]
        print("asked in", names[:4])
        return 5


class Failing:
    @property
    def value(self):
        raise ValueError("no value")


class Changing:
    def __init__(self, items):
        self.items = items

    @property
    def value(self):
        self.items.append(Item(100))
        return 1


def total(items):
    return sum(
        item.value
        for item in items
    )


def least(items, factor):
    return min(item.value * factor for item in items)


def show(function, *args):
    try:
        print(function.__name__, function(*args))
    except Exception as error:
        print(type(error).__name__, error, [(entry.name, entry.lineno) for entry in traceback.extract_tb(error.__traceback__)])


items = [Item(i) for i in range(5)]
for _ in range(80):
    total(items)
    least(items, 2)
show(total, items + [Property(), Item(3)])
show(total, items + [Failing()])
show(total, items[:1] + [Item("a")])
show(total, [Item(0.5), Item(2), Failing()])
show(least, items + [Failing()], 1)
show(least, [Item(3), Item(None)], 1)
show(least, [Item(3), Item("a")], 2)
show(least, items + [Property(), Item(-3)], -1)
show(least, [], 1)
growing = items[:2]
growing.append(Changing(growing))
show(total, growing)
growing = items[:1]
growing += [Changing(growing), Item(2.5), Changing(growing)]
show(total, growing)

hits = []
signal.signal(signal.SIGALRM, lambda number, frame: hits.append(frame.f_code.co_name))
many = items * 2000
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
while hits.count("total") + hits.count("<genexpr>") < 3:
    total(many)
signal.setitimer(signal.ITIMER_REAL, 0)
print("interrupted")

sum = lambda items: ["mine", *items]
show(total, items)
del sum
show(total, items)
original = builtins.sum
builtins.sum = lambda items: -original(items)
show(total, items)
builtins.sum = original
show(total, items)
sys.settrace(lambda frame, event, argument: print(event, frame.f_code.co_name) if frame.f_code.co_name == "total" else None)
show(total, items[:2])
sys.settrace(None)
calls = []
sys.setprofile(lambda frame, event, argument: calls.append((event, frame.f_code.co_name)) if frame.f_code.co_name in ("total", "<genexpr>") else None)
total(items[:2])
sys.setprofile(None)
print(calls)
