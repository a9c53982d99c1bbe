# corpus: compiled=f
import sys

mon = sys.monitoring
E = mon.events
lines = set()
mon.use_tool_id(mon.COVERAGE_ID, "cov")


def on_line(code, line):
    lines.add((code.co_name, line))
    return mon.DISABLE


def on_start(code, offset):
    if code.co_filename == __file__:
        mon.set_local_events(mon.COVERAGE_ID, code, E.LINE)
    return mon.DISABLE


def f(n):
    t = 0
    for i in range(n):
        if i == 190:
            t += 1000
        elif i > 400:
            t -= 1
        else:
            t += 1
    return t


f(100)
mon.register_callback(1, E.LINE, on_line)
mon.register_callback(1, E.PY_START, on_start)
mon.set_events(1, E.PY_START)
print(f(50), sorted(lines))
print(f(200), sorted(lines))
mon.restart_events()
lines.clear()
print(f(10), sorted(lines))
mon.set_events(1, 0)
mon.free_tool_id(1)
lines.clear()
print(f(300), lines)
