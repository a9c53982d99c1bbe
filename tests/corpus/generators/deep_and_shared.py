# corpus: compiled=walk,depth
import sys
import threading


def walk(tree):
    if tree:
        left, value, right = tree
        for item in walk(left):
            yield item
        yield value
        for item in walk(right):
            yield item


def build(low, high):
    middle = (low + high) // 2
    return (build(low, middle), middle, build(middle + 1, high)) if low < high else None


TREE = build(0, 40)
for _ in range(60):
    total = sum(walk(TREE))
print(total, list(walk(TREE))[:5])


def depth(n):
    yield n
    yield from depth_below(n)


def depth_below(n):
    for item in depth(n + 1):
        yield item


def reach():
    seen = 0
    try:
        for item in depth(0):
            seen = item
            if item > 30 and not deep:
                break
    except RecursionError:
        pass
    return seen


deep = False
for _ in range(40):
    reach()
deep = True
sys.setrecursionlimit(300)
print(reach())
sys.setrecursionlimit(1000)


def numbers(n):
    for i in range(n):
        yield i


def work(it, lock, out):
    while True:
        with lock:
            item = next(it, None)
        if item is None:
            return
        out.append(item)


for _ in range(5):
    out, lock, it = [], threading.Lock(), numbers(2000)
    threads = [threading.Thread(target=work, args=(it, lock, out)) for _ in range(3)]
    [t.start() for t in threads]
    [t.join() for t in threads]
print(len(out), sum(out))
