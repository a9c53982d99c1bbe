# corpus: compiled=empty,<lambda>,call
import sys
import threading

sys.setswitchinterval(1e-5)


def empty():
    pass


def call(f, n):
    for _ in range(n):
        f()


nothing = lambda: None
stop = False
passes = 0


def watch():
    global passes
    n = 0
    while not stop:
        passes += 1
        for frame in list(sys._current_frames().values()):
            while frame:
                n += len(frame.f_locals) >= 0
                frame.f_lineno
                frame = frame.f_back
    out.append(n > 0)


out = []
t = threading.Thread(target=watch)
t.start()
for f in (empty, nothing, threading.get_ident):
    call(f, 300)
while passes < 3:
    call(empty, 100)
stop = True
t.join()
print(out, nothing(), empty())
