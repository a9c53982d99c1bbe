# corpus: compiled=risky,outer skip-modes=sample
import sys

mon = sys.monitoring
E = mon.events
events = []


def note(name):
    return lambda code, *args: events.append((name, code.co_name, *[repr(a) for a in args[1:]])) if code in codes else None


def risky(i):
    if i % 3 == 0:
        raise ValueError(i)
    return i


def outer(n):
    t = 0
    for i in range(n):
        try:
            t += risky(i)
        except ValueError:
            t += 1
    return t


codes = (risky.__code__, outer.__code__)
outer(90)
mon.use_tool_id(2, "x")
mask = 0
for name in ("RAISE", "RERAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "STOP_ITERATION", "C_RAISE", "C_RETURN"):
    mon.register_callback(2, getattr(E, name), note(name))
    mask |= getattr(E, name)
mon.set_events(2, (mask | E.CALL) & ~(E.C_RAISE | E.C_RETURN))
print(outer(5))
mon.set_events(2, 0)
for e in events:
    print(*e)
print(outer(50), len(events))
