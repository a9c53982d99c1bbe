# corpus: compiled=produce,consume
import queue
import threading

q = queue.Queue(8)


def numbers(n):
    for i in range(n):
        yield i


def produce(n):
    for i in numbers(n):
        q.put(i)
    q.put(None)


def consume():
    t = 0
    while (x := q.get()) is not None:
        t += x * x
    out.append(t)


out = []
for n in (10, 200):
    a, b = threading.Thread(target=produce, args=(n,)), threading.Thread(target=consume)
    a.start(), b.start()
    a.join(), b.join()
print(out)
