# corpus: compiled=handled,own,iterated
# Tools that want to hear of exceptions hear of those that native code would handle without making them.
import sys

monitoring = sys.monitoring
EVENTS = ("RAISE", "PY_UNWIND", "EXCEPTION_HANDLED")


class Bad(Exception):
    def __init__(self, code):
        self.code = code


class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


def risky(i):
    if i % 3 == 0:
        raise Bad(i)
    return i


def handled(n):
    total = 0
    for i in range(n):
        try:
            total += risky(i)
        except Bad as e:
            total -= e.code
    return total


def own(n):
    total = 0
    for i in range(n):
        try:
            if i % 4 == 0:
                raise ValueError
            total += i
        except ValueError:
            total += 1
    return total


def iterated(n):
    total = 0
    for i in range(n):
        for item in Count(3):
            total += item
    return total


NAMES = {"risky", "handled", "own", "iterated", "__next__"}
heard = {}


def hears(event):
    def callback(code, offset, exception):
        if code.co_name in NAMES:
            key = event, code.co_name, type(exception).__name__
            heard[key] = heard.get(key, 0) + 1

    return callback


def work(times, n):
    return [(handled(n), own(n), iterated(n)) for _ in range(times)][-1]


monitoring.use_tool_id(3, "listener")
for name in EVENTS:
    monitoring.register_callback(3, getattr(monitoring.events, name), hears(name))
print(work(60, 40))
for name in EVENTS:
    monitoring.set_events(3, getattr(monitoring.events, name))
    print(work(4, 20), sorted(heard.items()))
    heard.clear()
    monitoring.set_events(3, 0)
    print(work(20, 20), heard)

# A tool that is there first.
monitoring.set_events(3, monitoring.events.RAISE | monitoring.events.EXCEPTION_HANDLED)


def again(n):
    total = 0
    for i in range(n):
        try:
            total += risky(i)
        except Bad as e:
            total -= e.code
    return total


NAMES.add("again")
for _ in range(60):
    again(40)
print(sorted(heard.items()))
monitoring.set_events(3, 0)
monitoring.free_tool_id(3)
