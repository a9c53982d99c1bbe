# corpus: compiled=loop
import sys


def tracer(frame, event, arg):
    if frame.f_code.co_name == "leaf" and event == "call":
        caller = frame.f_back
        if caller.f_locals.get("i") == 150:
            caller.f_locals["total"] = "text" if mode == "str" else 2**80 if mode == "big" else 0.5
            sys.settrace(None)
    return None


def leaf(i):
    if i == 149:
        sys.settrace(tracer)
    return i


def loop(n):
    total = 0
    for i in range(n):
        leaf(i)
        try:
            total = total + 1
        except TypeError as error:
            return str(error), i
    return total


mode = "none"
loop(100)
for mode in ("float", "big", "str"):
    print(mode, loop(200))
