# corpus: compiled=work needs=greenlet
import sys

import greenlet

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "leaf":
        events.append((event, frame.f_locals.get("x")))
    return tracer


def leaf(x):
    return x + 1


def work(n, on):
    t = 0
    for i in range(n):
        t += leaf(i)
        if i == on:
            greenlet.getcurrent().parent.switch("on")
    return t


def run(n, on):
    a = greenlet.greenlet(work)
    print(a.switch(n, on))
    sys.settrace(tracer)
    leaf(-1)
    r = a.switch()
    sys.settrace(None)
    return r


greenlet.greenlet(work).switch(100, -1)
print(run(200, 197), len([e for e in events if e[1] == -1]))
