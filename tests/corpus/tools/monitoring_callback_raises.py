# corpus: compiled=loop,leaf
import sys

mon = sys.monitoring
mon.use_tool_id(2, "raiser")
count = 0


def callback(code, offset):
    global count
    if code is leaf.__code__:
        count += 1
        if count == 3:
            raise LookupError("from callback")


def leaf(i):
    return i


def loop(n, on):
    t = 0
    try:
        for i in range(n):
            if i == on:
                mon.register_callback(2, mon.events.PY_START, callback)
                mon.set_events(2, mon.events.PY_START)
            t += leaf(i)
    except LookupError as error:
        mon.set_events(2, 0)
        return str(error), i, t
    return t


print(loop(100, -1), loop(200, 150), loop(100, -1))
mon.free_tool_id(2)
