# corpus: compiled=hot,leaf
import sys

mon = sys.monitoring
E = mon.events
mon.use_tool_id(1, "cov")
events = []
mon.register_callback(1, E.LINE, lambda code, line: events.append(("line", code.co_name, line)))
mon.register_callback(1, E.PY_START, lambda code, off: events.append(("start", code.co_name)))
mon.register_callback(1, E.PY_RETURN, lambda code, off, value: events.append(("return", code.co_name, value)))


def leaf(x):
    if x % 2:
        return x
    return -x


def hot(n):
    t = 0
    for i in range(n):
        if i == 100:
            mon.set_local_events(1, leaf.__code__, E.LINE | E.PY_START | E.PY_RETURN)
        if i == 103:
            mon.set_local_events(1, leaf.__code__, 0)
        if i == 110:
            mon.set_local_events(1, hot.__code__, E.LINE)
        t += leaf(i)
        if i == 112:
            mon.set_local_events(1, hot.__code__, 0)
    return t


hot(60)
print(hot(200))
for e in events:
    print(*e)
