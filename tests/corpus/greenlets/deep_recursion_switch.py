# corpus: compiled=deep needs=greenlet
import greenlet


def deep(n, k):
    if n == 0:
        return greenlet.getcurrent().parent.switch(k)
    r = deep(n - 1, k)
    return r + n


def run(depth):
    gs = [greenlet.greenlet(deep) for _ in range(4)]
    first = [g.switch(depth + i, i) for i, g in enumerate(gs)]
    rest = [g.switch(i * 100) for i, g in reversed(list(enumerate(gs)))]
    return first, rest, [g.dead for g in gs]


for _ in range(40):
    run(3)
print(run(10), run(60))
