# corpus:
import sys
import threading

counts = {}
go = threading.Barrier(3)


def tracer(frame, event, arg):
    if frame.f_code is work.__code__:
        key = (threading.current_thread().name, event)
        counts[key] = counts.get(key, 0) + 1
    return tracer


def leaf(i):
    return i


def work(n):
    t = 0
    for i in range(n):
        t += leaf(i)
    return t


def body():
    work(100)
    go.wait()
    work(3)


threading.settrace(tracer)
threads = [threading.Thread(target=body, name=f"t{i}") for i in range(2)]
for t in threads:
    t.start()
go.wait()
for t in threads:
    t.join()
threading.settrace(None)
for key in sorted(counts):
    print(*key, counts[key])
print(work(10))
