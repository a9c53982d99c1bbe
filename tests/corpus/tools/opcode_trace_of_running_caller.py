# corpus: compiled=run
import sys

events = []


def tracer(frame, event, arg):
    events.append((frame.f_code.co_name, event, frame.f_lineno))
    return tracer


def start():
    # What pdb.set_trace() does on 3.13: instructions of the caller first, the trace function afterwards.
    caller = sys._getframe(1)
    caller.f_trace = tracer
    caller.f_trace_opcodes = True
    sys.settrace(tracer)


def run(n):
    a = n
    start() if n == 200 else None
    b = a + 1
    return b


def in_loop(n):
    t = 0
    for i in range(n):
        t += i
        start() if t > 20000 else None
    return t


def once():
    a = 1
    start()
    return a


def report(result):
    sys.settrace(None)
    seen = events[:]
    events.clear()
    first = next(event for event in seen if event[0] != "start")
    kinds = sorted({event[1] for event in seen if event[0] != "report"})
    lines = sorted({event[2] for event in seen if event[1] == "opcode" and event[2] is not None})
    print(result, first, kinds, lines)


for i in range(201):
    result = run(i)
report(result)
in_loop(100)
report(in_loop(202))
report(once())
