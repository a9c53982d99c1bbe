# corpus: compiled=drop
# Finalizers and weak-reference callbacks that builtin objects lead to, among objects that go unnoticed.
import collections
import datetime
import decimal
import sys
import weakref

seen = []


def note(*_):
    caller = sys._getframe(1)
    seen.append((caller.f_code.co_name, caller.f_lineno - caller.f_code.co_firstlineno))


class Money(decimal.Decimal):
    def __del__(self):
        caller = sys._getframe(1)
        seen.append((caller.f_code.co_name, caller.f_lineno - caller.f_code.co_firstlineno))


class Zone(datetime.tzinfo):
    def __del__(self):
        caller = sys._getframe(1)
        seen.append((caller.f_code.co_name, caller.f_lineno - caller.f_code.co_firstlineno))


references = []


def watched(values):
    result = set(values)
    references.append(weakref.ref(result, note))
    return result


def drop(pool, i):
    pool[i] = None
    return i


def drop_all(pool):
    for i in range(len(pool)):
        drop(pool, i)


makers = [
    lambda i: decimal.Decimal(i),
    lambda i: Money(i),
    lambda i: [Money(i), decimal.Decimal(i)],
    lambda i: datetime.timedelta(i),
    lambda i: datetime.datetime(2000, 1, 1, tzinfo=Zone()),
    lambda i: {i: Money(i)},
    lambda i: {Money(i)},
    lambda i: frozenset([Money(i)]),
    lambda i: watched([i]),
    lambda i: [watched([i])],
    lambda i: [Money(i)].append,
    lambda i: range(i),
]
for make in makers:
    drop_all([make(i) for i in range(300)])
    print(collections.Counter(seen))
    seen.clear()
