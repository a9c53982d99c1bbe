# corpus: compiled=loop
import signal
import sys

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "leaf":
        events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


class Switch:
    def __del__(self):
        sys.settrace(tracer)


def leaf(x):
    y = x
    return y


def loop(n, how):
    t = 0
    for i in range(n):
        if i == 100:
            if how == "del":
                s = Switch()
                del s
            else:
                signal.raise_signal(signal.SIGUSR1)
        t += leaf(i)
        if i == 102:
            sys.settrace(None)
    return t


signal.signal(signal.SIGUSR1, lambda s, f: sys.settrace(tracer))
loop(60, "none")
for how in ("del", "signal"):
    events.clear()
    print(how, loop(200, how), events)
