# corpus: compiled=traced,monitored
# Tracing and monitoring that are switched on and off inside of handlers.
import sys

events = []


def tracer(frame, event, argument):
    if frame.f_code.co_name in ("traced", "fail"):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
        return tracer
    return None


def switch(on):
    sys.settrace(tracer if on else None)
    if on:
        sys._getframe(1).f_trace = tracer


def fail(i):
    if i % 2:
        raise KeyError(i)


def traced(n, at):
    total = 0
    for i in range(n):
        try:
            fail(i)
        except KeyError:
            if i == at:
                switch(True)
            total += i
        if i == at + 4:
            switch(False)
    return total


def monitored(n, at):
    total = 0
    for i in range(n):
        try:
            fail(i)
        except KeyError:
            if i == at:
                start()
            total += i
    return total


def start():
    sys.monitoring.set_events(1, sys.monitoring.events.RAISE | sys.monitoring.events.EXCEPTION_HANDLED | sys.monitoring.events.RERAISE)


def heard(kind):
    return lambda code, offset, error: events.append((kind, code.co_name, repr(error)))


for _ in range(3):
    print(traced(100, 61))
print(len(events), events[:14])
events.clear()
sys.monitoring.use_tool_id(1, "listener")
for name in ("RAISE", "EXCEPTION_HANDLED", "RERAISE"):
    sys.monitoring.register_callback(1, getattr(sys.monitoring.events, name), heard(name))
for _ in range(2):
    print(monitored(100, 1000))
print(events)
print(monitored(80, 71))
sys.monitoring.set_events(1, 0)
print(events)
print(monitored(80, 1000), len(events))
sys.monitoring.free_tool_id(1)
