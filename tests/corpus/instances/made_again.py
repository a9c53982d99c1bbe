# corpus: compiled=churn,slots,unset,partly,kept,linked
import gc
import sys
import time
import weakref

# Instances whose memory others of their class had before them.
class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b


class Slots:
    __slots__ = ("a", "b", "c")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class More(Slots):
    __slots__ = ("d", "__weakref__")


class Open(Slots):
    pass


class Loud:
    def __del__(self):
        log.append("loud")


log = []


def churn(holder, n):
    for i in range(n):
        holder.pair = Pair(i, i + 0.5)
    return holder.pair.a, holder.pair.b


def slots(holder, kind, n):
    for i in range(n):
        holder.pair = kind(i, str(i))
        if i % 3 == 0:
            holder.pair.c = i
    return holder.pair.a, holder.pair.b


def unset(holder, n):
    unset = 0
    for i in range(n):
        holder.pair = Slots(i, i)
        try:
            holder.pair.c
        except AttributeError:
            unset += 1
        holder.pair.c = i
    return unset


def partly(holder, n):
    for i in range(n):
        holder.pair = Pair(i, [i])
        del holder.pair.a
        if i % 2:
            holder.pair.z = i
        if i % 5 == 0:
            holder.pair.__dict__
    return sorted(vars(holder.pair))


def kept(holder, n):
    dead = 0
    for i in range(n):
        holder.pair = Pair(i, None)
        seen = weakref.ref(holder.pair)
        holder.pair = None
        dead += seen() is None
    return dead


def linked(n):
    first = None
    for i in range(n):
        first = Pair(i, first)
    total = 0
    while first is not None:
        total += first.a
        first = first.b
    return total


def loud(holder, n):
    for i in range(n):
        holder.pair = Pair(i, Loud())
        log.append(i)
    holder.pair = None


def twice(holder, n):
    for i in range(n):
        value = Loud()
        holder.pair = Slots(value, value)
        del value
        holder.pair = None
        log.append(i)


def order(holder, n):
    for i in range(n):
        holder.pair = Pair(i, i)
        if i % 2:
            holder.pair = None
            holder.pair = Pair.__new__(Pair)
            holder.pair.b = 1
            holder.pair.a = 2
    return list(vars(holder.pair)), list(vars(Pair(1, 2)))


class Holder:
    pass


holder = Holder()
for _ in range(3):
    holder.pair = None
    print(churn(holder, 200), slots(holder, Slots, 200), slots(holder, More, 200), slots(holder, Open, 200))
    print(unset(holder, 100), partly(holder, 101), kept(holder, 100), linked(300))
    log.clear()
    loud(holder, 30)
    print(log[-6:])
    log.clear()
    twice(holder, 30)
    print(log[-6:])
    print(order(holder, 100))

# What the collector tracks is found by it.
tracked = [Pair(i, i) for i in range(300)]
print(all(map(gc.is_tracked, tracked)), sys.getrefcount(tracked[7]))
churn(holder, 200)
print(gc.is_tracked(holder.pair), sum(type(x) is Pair for x in gc.get_objects()))


def cycles(n):
    for i in range(n):
        pair = Pair(i, None)
        pair.b = pair
        pair = None


before = weakref.WeakSet()
tracked.clear()
gc.collect()
cycles(500)
gc.collect()
print(sum(type(x) is Pair for x in gc.get_objects()))


# A class dies as it does without: instances that are gone do not keep it.
def made():
    class Local:
        def __init__(self, a):
            self.a = a

    holder.pair = None
    for i in range(300):
        holder.pair = Local(i)
    holder.pair = None
    return weakref.ref(Local)


seen = [made() for _ in range(3)]
for _ in range(200):
    # A compilation that goes on holds the class for a while.
    gc.collect()
    if not any(class_() for class_ in seen):
        break
    time.sleep(0.01)
print([class_() for class_ in seen])

# Changed between two instances.
churn(holder, 100)
Pair.c = 5
print(churn(holder, 100), holder.pair.c)
Pair.__slots__ = ("nothing",)
Pair.__del__ = lambda self: log.append("pair")
log.clear()
churn(holder, 50)
print(len(log))
del Pair.__del__
print(churn(holder, 50), len(log))
