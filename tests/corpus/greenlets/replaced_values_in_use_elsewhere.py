# corpus: compiled=work needs=greenlet
"""A global's old value is still used by native code of a greenlet that waits while the global changes."""
import gc
import weakref

import greenlet


class Thing:
    def __init__(self, size):
        self.size = size


thing = Thing(1)


def size_of(thing, _):
    return thing.size


def work(n, main):
    total = 0
    for i in range(n):
        total += size_of(thing, main.switch(i))
    return total


def round_trip(number):
    global thing
    thing = Thing(number)
    # Read often before it changes.
    warm = greenlet.greenlet(work)
    for i in range(60):
        warm.switch(60, greenlet.getcurrent())
    ref = weakref.ref(thing)
    other = greenlet.greenlet(work)
    for i in range(50):
        other.switch(50, greenlet.getcurrent())
    thing = Thing(-1)
    gc.collect()
    made = [Thing(7) for _ in range(100)]
    alive = ref() is not None
    total = other.switch()
    gc.collect()
    return alive, total, len(made), other.dead


def main(n):
    return [round_trip(number) for number in range(n)]


print(main(6))
print(main(6))
