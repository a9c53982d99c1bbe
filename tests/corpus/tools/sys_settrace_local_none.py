# corpus: compiled=f,g
import sys

events = []


def f(x):
    a = g(x)
    b = g(a)
    return b


def g(x):
    y = x + 1
    return y


def tracer(frame, event, arg):
    events.append((frame.f_code.co_name, event))
    if frame.f_code is f.__code__:
        return None
    return tracer


for _ in range(200):
    f(1)
sys.settrace(tracer)
f(1)
sys.settrace(None)
print(events)
events.clear()


def raising(frame, event, arg):
    if frame.f_code is g.__code__ and event == "line":
        raise RuntimeError("from tracer")
    return raising


sys.settrace(raising)
try:
    f(1)
except RuntimeError as error:
    print(error, sys.gettrace())
print(f(1))
