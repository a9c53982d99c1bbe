# corpus: compiled=drop
# Finalizers and weak-reference callbacks that builtin objects, functions, generators and instances lead to, among objects that go unnoticed.
import array
import collections
import datetime
import decimal
import functools
import itertools
import operator
import os
import re
import sys
import threading
import time
import types
import weakref
from contextvars import Context, ContextVar

seen = []


def note(*_):
    caller = sys._getframe(1)
    seen.append((caller.f_code.co_name, caller.f_lineno - caller.f_code.co_firstlineno))


class Loud:
    def __del__(self):
        caller = sys._getframe(1)
        seen.append((caller.f_code.co_name, caller.f_lineno - caller.f_code.co_firstlineno))

    def method(self):
        return 1


class Money(decimal.Decimal, Loud):
    pass


class Zone(datetime.tzinfo, Loud):
    pass


class Buffer(Loud):
    def __buffer__(self, flags):
        return memoryview(b"abc")

    def __release_buffer__(self, view):
        note()
        view.release()


class LoudBytes(bytes, Loud):
    pass


class Moment(datetime.datetime, Loud):
    pass


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a, b=None):
        self.a, self.b = a, b


class Watched:
    __slots__ = ("a", "__weakref__")


class Bag(dict):
    pass


class Pair(collections.namedtuple("Pair", "a b")):
    __slots__ = ()


class Number(int):
    __slots__ = ()


variable = ContextVar("variable")


def context(value):
    made = Context()
    for _ in range(3):
        made.run(variable.set, value)
    return made


class LoudList(list):
    def __del__(self):
        note()


class Open:
    def __init__(self, a):
        self.a = a


def generate(*values):
    yield from values


def run_out(*values):
    result = generate(*values)
    list(result)
    return result


def started(value):
    result = generate(value, value)
    next(result)
    return result


def raising(value):
    held = value
    try:
        yield 1
    finally:
        note()
    return held


def begun(value):
    result = raising(value)
    next(result)
    return result


def closure(value):
    return lambda: value


def defaults(value):
    def function(x=value, *, y=value):
        return x, y

    return function


references = []


def released(view):
    view.release()
    return view


def watched(value):
    references.append(weakref.ref(value, note))
    return value


def materialized(value):
    result = Open(value)
    result.__dict__["b"] = value
    return result


def changed_class():
    class Local:
        def __init__(self, a):
            self.a = a

    result = Local(1)
    Local.__del__ = Loud.__del__
    return result


def drop(pool, i):
    pool[i] = None
    return i


def drop_all(pool):
    for i in range(len(pool)):
        drop(pool, i)


zone = Zone()
kept = [Open(0)]
makers = [
    lambda i: decimal.Decimal(i),
    lambda i: Money(i),
    lambda i: [Money(i), decimal.Decimal(i)],
    lambda i: datetime.timedelta(i),
    lambda i: datetime.datetime(2000, 1, 1, tzinfo=Zone()),
    lambda i: datetime.datetime(2000, 1, 1, tzinfo=zone),
    lambda i: datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(minutes=i))),
    lambda i: [datetime.datetime(2000, 1, 1, i % 24), Loud()],
    lambda i: datetime.time(1, 2, tzinfo=Zone()),
    lambda i: datetime.time(i % 24),
    lambda i: Moment(2000, 1, 1),
    lambda i: {i: Loud()},
    lambda i: {Loud()},
    lambda i: frozenset([Loud()]),
    lambda i: watched({i}),
    lambda i: [watched({i})],
    lambda i: [Loud()].append,
    lambda i: range(i),
    lambda i: {i: 1}.items(),
    lambda i: {i: Loud()}.items(),
    lambda i: iter({i: Loud()}.values()),
    lambda i: iter({Loud(), i}),
    lambda i: enumerate([i]),
    lambda i: enumerate([Loud()]),
    lambda i: zip([i], [Loud()]),
    lambda i: map(str, [Loud()]),
    lambda i: filter(None, iter([i])),
    lambda i: reversed([Loud()]),
    lambda i: iter("text"),
    lambda i: iter("té€t"),
    lambda i: iter(bytearray(i)),
    lambda i: iter(Loud().method, i),
    lambda i: iter([Loud()].pop, Loud()),
    lambda i: iter(range(1 << 70, 1 << 71, i + 1)),
    lambda i: iter(collections.OrderedDict([(i, i)])),
    lambda i: iter(collections.OrderedDict([(Loud(), i)]).values()),
    lambda i: Loud().__repr__,
    lambda i: super(Slots, Slots(i)),
    lambda i: super(Loud, Loud()),
    lambda i: itertools.chain([i], [Loud()]),
    lambda i: itertools.repeat(i),
    lambda i: itertools.product([Loud()], [i]),
    lambda i: collections.deque([i]),
    lambda i: collections.deque([Loud()]),
    lambda i: watched(collections.deque([i])),
    lambda i: functools.partial(int, i),
    lambda i: functools.partial(print, Loud()),
    lambda i: re.match("a", "abc"),
    lambda i: Loud().method,
    lambda i: Slots(i).__init__,
    lambda i: Slots(i, [i]),
    lambda i: Slots(i, Loud()),
    lambda i: Watched(),
    lambda i: watched(Watched()),
    lambda i: Bag(a=i),
    lambda i: Bag(a=Loud()),
    lambda i: watched(Bag(a=i)),
    lambda i: Pair(i, i),
    lambda i: Pair(i, Loud()),
    lambda i: Number(i),
    lambda i: LoudList([i]),
    lambda i: Open(i),
    lambda i: Open(Loud()),
    lambda i: materialized(i),
    lambda i: materialized(Loud()),
    lambda i: changed_class(),
    lambda i: run_out(i),
    lambda i: run_out(Loud()),
    lambda i: watched(run_out(i)),
    lambda i: started(i),
    lambda i: started(Loud()),
    lambda i: begun(i),
    lambda i: closure(i),
    lambda i: closure(Loud()),
    lambda i: watched(closure(i)),
    lambda i: defaults(i),
    lambda i: defaults(Loud()),
    lambda i: os.stat_result([i] * 10),
    lambda i: os.stat_result([i] * 9 + [Loud()]),
    lambda i: os.terminal_size([i, Loud()]),
    lambda i: time.struct_time([Loud()] + [i] * 10),
    lambda i: collections.defaultdict(list, {i: 1}),
    lambda i: collections.defaultdict(list, {i: Loud()}),
    lambda i: collections.defaultdict(Loud().method, {i: 1}),
    lambda i: context(i),
    lambda i: context(Loud()),
    lambda i: watched(context(i)),
    lambda i: variable.set(Loud()),
    lambda i: bytearray(i),
    lambda i: memoryview(bytes(i)),
    lambda i: memoryview(bytearray(i + 1))[:1],
    lambda i: watched(memoryview(b"abc")),
    lambda i: memoryview(Buffer()),
    lambda i: memoryview(Buffer())[1:],
    lambda i: memoryview(LoudBytes(b"abc")),
    lambda i: released(memoryview(LoudBytes(b"abc"))),
    lambda i: released(memoryview(b"abc")),
    lambda i: collections.OrderedDict([(i, i)]),
    lambda i: collections.OrderedDict([(i, Loud())]),
    lambda i: collections.OrderedDict([(Loud(), i)]),
    lambda i: watched(collections.OrderedDict([(i, i)])),
    lambda i: operator.itemgetter(i),
    lambda i: operator.itemgetter(Loud()),
    lambda i: operator.attrgetter("a" * i),
    lambda i: operator.methodcaller("a", Loud(), b=i),
    lambda i: watched(array.array("d", [i])),
    lambda i: array.array("q", [i]),
    lambda i: types.SimpleNamespace(a=i),
    lambda i: types.SimpleNamespace(a=Loud()),
    lambda i: weakref.ref(note, Loud().method),
    lambda i: weakref.ref(kept[-1], note),
    lambda i: threading.Lock(),
    lambda i: watched(threading.Lock()),
]
for number, make in enumerate(makers):
    drop_all([make(i) for i in range(200)])
    print(number, collections.Counter(seen))
    seen.clear()
