# corpus: compiled=work,squares skip-modes=background,default
# Neither the memory blocks nor, on debug builds of CPython, the number of all references change with the rounds of work.
import gc
import sys


class Point:
    def __init__(self, x):
        self.x = x


def work(n):
    out = []
    total = 0.0
    bits = 1
    for i in range(n):
        p = Point(i * 1000)
        out.append(p.x)
        total += p.x * 0.5
        bits = (bits * 3 + i) & 0xFFFFFF
        d = {"a": i, "b": total}
        a, b, c = i, d["a"], str(i)
        try:
            if i % 7 == 0:
                raise ValueError(i)
        except ValueError as error:
            bits += error.args[0]
    return len(out), total, bits


def squares(n):
    yield from (x * x + 0.5 for x in range(n))


def once():
    return work(300), sum(squares(300)), "".join(map(str, [z for z in range(100)]))


def totals():
    gc.collect()
    references = sys.gettotalrefcount() if hasattr(sys, "gettotalrefcount") else 0
    return sys.getallocatedblocks(), references


ROUNDS = 20
for _ in range(20):
    print(once() == once())
before = totals()
for _ in range(ROUNDS):
    once()
print([abs(now - then) < ROUNDS for now, then in zip(totals(), before)])
