import contextlib
import gc
import heapq
import itertools
import math
import sys

WATCHED = [object() for _ in range(4)]
LOG = []


def shown(value, width):
    try:
        first, *others = repr(value).split(" at 0x")
    except Exception as error:
        return type(error).__name__
    return "".join([first, *(part[12:] for part in others)])[:width]


def told(error, depth=0):
    text = f"{type(error).__name__} {error!s:.120}"
    step = error.__traceback__
    while step is not None:
        frame = step.tb_frame
        if frame.f_code.co_name not in ("attempt", "<module>"):
            text += f" | {frame.f_code.co_name}:{step.tb_lineno}:{step.tb_lasti} {shown(dict(frame.f_locals), 160)}"
        step = step.tb_next
    if error.__context__ is not None and depth < 3:
        text += " <- " + told(error.__context__, depth + 1)
    return text


def attempt(function, row):
    try:
        result = function(*row())
        if hasattr(result, "send"):
            result = [item for _, item in zip(range(12), result)]
    except Exception as error:
        return told(error)
    return f"{type(result).__name__} {shown(result, 200)}"


def settled(log):
    # On 3.13 arguments of compiled functions die after the other locals, not before them.
    if sys.version_info >= (3, 14):
        return log
    lines = []
    for dead, items in itertools.groupby(log, lambda item: type(item) is str and item.startswith("~")):
        lines += sorted(items) if dead else items
    return lines


def drive(name, function, rows, turns):
    for row in rows:
        before = None
        for turn in range(turns):
            after = attempt(function, row)
            if LOG:
                after += " log " + shown(settled(LOG), 400)
                LOG.clear()
            if after != before:
                print(name, turn, after)
                before = after


def peek(depth=1):
    frame = sys._getframe(depth)
    while frame is not None and depth < 4:
        if frame.f_code.co_name == "<module>":
            break
        LOG.append(f"{frame.f_code.co_name}:{frame.f_lineno}:{frame.f_lasti} {shown(dict(frame.f_locals), 120)}")
        frame = frame.f_back
        depth += 1
    return len(LOG)


SPACE = globals()


def variables():
    return [(name, shown(value, 30)) for name, value in sorted(SPACE.items()) if len(name) == 1]


def poke(name, value):
    SPACE[name] = value


class Looking:
    def __repr__(self):
        return "Looking()"

    def __hash__(self):
        return 5

    def __del__(self):
        LOG.append(variables())


def adder(k):
    def added(x):
        return x + k
    return added


def scaler(k):
    def scaled(x):
        return x * k % 1000003
    return scaled


def handing(function):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


@handing
def handed(a, b=1, *rest, key=2, **names):
    return (a + b + key + len(rest) + len(names)) % 1000003


@handing
def handed_one(a):
    return a % 1000003


@handing
def handed_three(a, b, c=3):
    return (a - b + c) % 1000003


@contextlib.contextmanager
def entered(value, again=2, *, name=None):
    LOG.append(f"enter {name}")
    yield value
    LOG.append(f"left {again}")


@contextlib.contextmanager
def kept(swallows):
    try:
        yield swallows
    except KeyError:
        if not swallows:
            raise
        LOG.append("swallowed")
    finally:
        LOG.append("kept")


def spread(a=1, b=2, n=3):
    return (a * 3 + b * 5 + n) % 1000003


def strict(a, b):
    return (a - b) % 1000003


def everything(a, *rest, k=2):
    return (a + len(rest) * k) % 1000003


def keyed(a, *, k=2, n=3):
    return (a * k + n) % 1000003


def onward(a, **kwargs):
    return keyed(a, k=a, **kwargs)


class Holder:
    def __init__(self, a=1, b=2):
        self.a = a
        self.b = b

    def scaled(self, a, *, k=5):
        return (self.a + a * k) % 1000003

    def taken(self, a, n=4):
        return (a * n - self.b) % 1000003


HOLDER = Holder(b=6)


def relay(function, *args, **kwargs):
    return function(*args, **kwargs)


class Loud:
    alive = 0

    def __init__(self, name):
        self.name = name
        Loud.alive += 1

    def __repr__(self):
        return f"Loud({self.name!r})"

    # Sets show their items in an order that must not depend on addresses.
    def __hash__(self):
        return len(self.name)

    def __del__(self):
        Loud.alive -= 1
        LOG.append(f"~{self.name}")


class Context:
    def __init__(self, swallows=False):
        self.swallows = swallows

    def __repr__(self):
        return f"Context({self.swallows})"

    def __hash__(self):
        return 3

    def __enter__(self):
        LOG.append("enter")
        return self

    def __exit__(self, kind, error, traceback):
        LOG.append(f"exit {kind and kind.__name__}")
        return self.swallows
