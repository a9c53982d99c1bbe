# corpus: compiled=produce,consume needs=greenlet
import greenlet
import sys


def produce(n):
    parent = greenlet.getcurrent().parent
    for i in range(n):
        x = i * 1.5
        parent.switch(x)
    return None


def consume(n):
    gs = [greenlet.greenlet(produce) for _ in range(3)]
    total = 0.0
    depth = []
    live = [g.switch(n) for g in gs]
    while any(v is not None for v in live):
        for k, g in enumerate(gs):
            if live[k] is not None:
                total += live[k] * (k + 1)
                frame = g.gr_frame
                names = []
                while frame:
                    names.append((frame.f_code.co_name, frame.f_locals.get("i")))
                    frame = frame.f_back
                if len(depth) < 5:
                    depth.append(names)
                live[k] = g.switch()
    return total, depth


consume(40)
print(consume(60))
