# corpus: compiled=loop,helper
import sys

mon = sys.monitoring
E = mon.events
events = []


def note(name):
    def callback(code, *args):
        if code in (loop.__code__, helper.__code__):
            events.append((name, code.co_name, *[a for a in args if isinstance(a, (int, str))]))

    return callback


def helper(x):
    return x * 2


def start():
    mon.use_tool_id(3, "test")
    for name in ("PY_START", "PY_RETURN", "CALL", "JUMP", "LINE"):
        mon.register_callback(3, getattr(E, name), note(name))
    mon.set_events(3, E.PY_START | E.PY_RETURN | E.CALL | E.JUMP | E.LINE)


def stop():
    mon.set_events(3, 0)
    mon.free_tool_id(3)


def loop(n, on, off):
    t = 0
    for i in range(n):
        if i == on:
            start()
        t += helper(i)
        if i == off:
            stop()
    return t


loop(100, -1, -1)
print(loop(300, 200, 203))
for e in events:
    print(*e)
