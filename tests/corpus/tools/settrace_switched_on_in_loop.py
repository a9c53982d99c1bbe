# corpus: compiled=loop,helper
import sys

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg if event == "return" else None))
    return tracer


def helper(x):
    y = x + 1
    return y


def loop(n, on, off):
    t = 0
    for i in range(n):
        if i == on:
            sys.settrace(tracer)
            sys._getframe().f_trace = tracer
        t += helper(i)
        if i == off:
            sys.settrace(None)
    return t


loop(100, -1, -1)
print(loop(200, 150, 152))
for e in events:
    print(*e)
