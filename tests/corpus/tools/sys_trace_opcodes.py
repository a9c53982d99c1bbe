# corpus: compiled=f
import sys


def f(a, b):
    c = a + b
    return c * 2 if c else b


def offsets(call):
    seen = []

    def tracer(frame, event, arg):
        if frame.f_code is f.__code__:
            frame.f_trace_opcodes = True
            if event == "opcode":
                seen.append(frame.f_lasti)
        return tracer

    sys.settrace(tracer)
    call()
    sys.settrace(None)
    return seen


cold = offsets(lambda: f(1, 2))
for i in range(200):
    f(i, i)
print(offsets(lambda: f(1, 2)) == cold, offsets(lambda: f(1.5, 2)) == cold, len(cold) > 4)
print(offsets(lambda: f(0, 0)))
