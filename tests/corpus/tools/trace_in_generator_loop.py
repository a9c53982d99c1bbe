# corpus: compiled=drive
import sys

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name in ("gen", "drive"):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def gen(n):
    for i in range(n):
        yield i * 2


def drive(n, on):
    t = 0
    g = gen(n)
    for x in g:
        if x == on:
            sys.settrace(tracer)
            sys._getframe().f_trace = tracer
            g.gi_frame.f_trace = tracer
        t += x
        if x == on + 4:
            sys.settrace(None)
    return t


drive(60, -1)
print(drive(150, 200))
for e in events:
    print(*e)
