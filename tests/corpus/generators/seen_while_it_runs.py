# corpus: compiled=watched
import gc
import inspect
import sys


def look(label):
    frame = sys._getframe(1)
    return (
        label,
        frame.f_code.co_name,
        frame.f_lineno - frame.f_code.co_firstlineno,
        sorted(frame.f_locals.items()),
        frame.f_back.f_code.co_name,
        frame.f_generator is current if sys.version_info >= (3, 14) else True,
    )


def watched(items, label):
    count = 0
    for item in items:
        count += item
        yield count
        if item == label:
            result = look(label)
            yield result


def drive(n, label):
    global current
    current = watched(range(n), label)
    return list(current)


for _ in range(200):
    drive(6, -1)
print(drive(6, 3))

it = watched([5, 6, 7], 6)
print(sum(x for x, _ in zip(it, range(1))), inspect.getgeneratorstate(it), sorted(inspect.getgeneratorlocals(it).items(), key=str)[0])
print(it.gi_frame.f_lineno - it.gi_code.co_firstlineno, it.gi_running, it.gi_yieldfrom, it.gi_frame.f_back)
current = it
print(list(it)[1])
print(it.gi_frame, inspect.getgeneratorstate(it))


def collecting(items):
    cycle = []
    cycle.append(cycle)
    for item in items:
        gc.collect()
        yield len(cycle), item
        cycle.append(item)


for _ in range(5):
    print(list(collecting([object, None, 3]))[-1], gc.collect() >= 0)


def itself(items):
    for item in items:
        yield item
        if item == 2:
            try:
                next(me)
            except ValueError as error:
                yield str(error), me.gi_running


for _ in range(100):
    me = itself([1, 2, 3])
    result = list(me)
print(result)
