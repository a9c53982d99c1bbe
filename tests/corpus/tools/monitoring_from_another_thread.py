# corpus: compiled=spin timeout=20
"""Another thread switches line events, a profiler and a tracer on while loops run natively: they leave and are seen."""
import sys
import threading

M = sys.monitoring
go, done = threading.Event(), threading.Event()


def leaf(x):
    return x + 1


def spin(flag):
    n = 0
    while not flag:
        n = leaf(n) & 1023
    return n


def with_monitoring(flag):
    lines = set()

    def line(code, number):
        if code is spin.__code__ or code is leaf.__code__:
            lines.add((code.co_name, number - code.co_firstlineno))
            lines.discard(("spin", 1))
            if len(lines) >= 3 and not flag:
                flag.append(1)
        return None

    M.use_tool_id(3, "other")
    M.register_callback(3, M.events.LINE, line)
    M.set_events(3, M.events.LINE)
    done.wait(20)
    M.set_events(3, 0)
    M.free_tool_id(3)
    return sorted(lines - {("spin", 4)})


def with_settrace(flag):
    lines = set()

    def tracer(frame, event, argument):
        if frame.f_code is leaf.__code__:
            lines.add((frame.f_code.co_name, event))
            if len(lines) >= 3 and not flag:
                flag.append(1)
        return tracer

    threading.settrace_all_threads(tracer)
    done.wait(20)
    threading.settrace_all_threads(None)
    return sorted(lines)


def with_setprofile(flag):
    events = set()

    def profiler(frame, event, argument):
        if frame.f_code is leaf.__code__:
            events.add(event)
            if len(events) >= 2 and not flag:
                flag.append(1)

    threading.setprofile_all_threads(profiler)
    done.wait(20)
    threading.setprofile_all_threads(None)
    return sorted(events)


for _ in range(3):
    flag = []
    timer = threading.Timer(0.02, flag.append, (1,))
    timer.start()
    spin(flag)
    timer.join()
for watch in (with_monitoring, with_settrace, with_setprofile):
    flag, results = [], []
    done.clear()
    thread = threading.Thread(target=lambda: results.append(watch(flag)))
    thread.start()
    spin(flag)
    done.set()
    thread.join()
    print(watch.__name__, results)
