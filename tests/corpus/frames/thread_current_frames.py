# corpus: compiled=spin
import sys
import threading

ready, stop = threading.Event(), threading.Event()


def spin(n):
    i = 0
    while not stop.is_set():
        i += 1
        if i == n:
            ready.set()
    return i


t = threading.Thread(target=spin, args=(200,))
t.start()
ready.wait()
frame = sys._current_frames()[t.ident]
names = []
while frame:
    names.append(frame.f_code.co_name)
    if frame.f_code.co_name == "spin":
        print(frame.f_locals["i"] >= 200, frame.f_locals["n"], frame.f_lineno in (10, 11, 12, 13))
    frame = frame.f_back
stop.set()
t.join()
print(names[names.index("spin"):])
