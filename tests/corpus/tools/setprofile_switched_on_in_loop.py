# corpus: compiled=loop,helper
import sys

events = []


def profiler(frame, event, arg):
    name = arg.__name__ if event.startswith("c_") else frame.f_code.co_name
    events.append((event, name))


def helper(x):
    return abs(x) + len(str(x))


def loop(n, on, off):
    t = 0
    for i in range(n):
        if i == on:
            sys.setprofile(profiler)
        t += helper(-i)
        if i == off:
            sys.setprofile(None)
    return t


loop(100, -1, -1)
print(loop(300, 200, 202))
for e in events:
    print(*e)
