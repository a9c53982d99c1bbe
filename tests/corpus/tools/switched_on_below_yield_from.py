# corpus: compiled=consume
# Tools that are switched on by the innermost generator of a chain that compiled code consumes: the outer ones are traced from then on.
import sys

events = []


def tracer(frame, event, argument):
    if frame.f_code.co_name in ("nest", "leaf", "consume"):
        events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_locals.get("depth"), argument))
    return tracer


def nest(depth, how):
    if depth == 0:
        yield from leaf(how)
    else:
        yield from nest(depth - 1, how)
    yield -depth


def leaf(how):
    yield 1
    how()
    yield 2
    yield 3


def consume(iterable):
    total = 0
    for item in iterable:
        total += item
        if item == 3:
            sys.settrace(None)
            sys.monitoring.set_events(3, 0)
    return total


def trace_all():
    sys.settrace(tracer)
    frame = sys._getframe(1)
    while frame and frame.f_code.co_name in ("nest", "leaf", "consume"):
        frame.f_trace = tracer
        frame = frame.f_back


def seen(event):
    def callback(code, offset, *rest):
        if code.co_name in ("nest", "leaf", "consume"):
            events.append((event, code.co_name, offset if event != "line" else rest, rest))
    return callback


def monitor():
    sys.monitoring.set_events(3, sys.monitoring.events.PY_YIELD | sys.monitoring.events.PY_RESUME)


sys.monitoring.use_tool_id(3, "test")
sys.monitoring.register_callback(3, sys.monitoring.events.PY_YIELD, seen("yield"))
sys.monitoring.register_callback(3, sys.monitoring.events.PY_RESUME, seen("resume"))
for _ in range(60):
    consume(nest(3, int))
for how in (trace_all, monitor, trace_all, int, monitor):
    events.clear()
    print(consume(nest(3, how)), how.__name__)
    for event in events:
        print("   ", *event)
