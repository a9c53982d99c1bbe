# corpus: compiled=f,g
import sys

events = []


def tracer(frame, event, arg):
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    frame.f_trace_opcodes = False
    return tracer


def g(x):
    if x == 2:
        raise KeyError(x)
    return x


def f(n):
    t = 0
    for i in range(n):
        try:
            t += g(i)
        except KeyError:
            t += 100
    return t + sum(x for x in range(2))


for _ in range(60):
    f(2)
sys.settrace(tracer)
r = f(4)
sys.settrace(None)
print(r, len(events))
for e in events:
    print(*e)
events.clear()
print(f(5), events)
