# corpus: compiled=f
import sys


def f(n):
    out = []
    for i in range(n):
        out.append("a")
        out.append("b")
        out.append("c")
    return out


for _ in range(60):
    f(4)


def tracer(frame, event, arg):
    if frame.f_code is not f.__code__:
        return None
    if event == "line" and frame.f_lineno == 9 and len(frame.f_locals["out"]) == 4:
        frame.f_lineno = 10
    return tracer


sys.settrace(tracer)
r = f(3)
sys.settrace(None)
print("".join(r), "".join(f(2)))
