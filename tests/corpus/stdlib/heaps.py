# corpus: compiled=run,both
# Heaps are, item by item, what the interpreter makes of them: also where items cannot be compared, or only by Python code.
import heapq
from heapq import heappop, heappush


class Job:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n

    def __repr__(self):
        return f"Job({self.n})"


def run(items, n):
    heap, out = [], []
    for item in items:
        heappush(heap, item)
    out.append(heap[:])
    for _ in range(n):
        out.append(heappop(heap))
        if heap:
            heappush(heap, heap[-1])
            out.append(heappop(heap))
    out.append(heap)
    return out


def both(items):
    heap = []
    try:
        for item in items:
            heapq.heappush(heap, item)
        while True:
            print(heapq.heappop(heap), end=" ")
    except (TypeError, IndexError) as error:
        print(type(error).__name__, error, heap)


def numbers(n, modulus):
    x = 12345
    for _ in range(n):
        x = (x * 1103515245 + 12345) % 2**31
        yield x % modulus


for _ in range(60):
    run([3, 1, 2], 2), both([])


def tried(items):
    try:
        return run(items, min(len(items), 12))
    except TypeError as error:
        return str(error)


NAN = float("nan")
for items in (
    list(numbers(200, 50)),
    [2.5, -0.0, 0.0, float("inf"), -1e300, 2.5],
    [1, 2.5, 1.5, 2, True, 0],
    [NAN, 1.0, NAN, 0.5, 2.0, NAN, -1.0],
    ["b", "a", "", "\u00e9", "ab", "\U0001f600", "b"],
    [(d, i) for i, d in enumerate(numbers(100, 10))],
    [(d / 4, str(d), None) for d in set(numbers(40, 1000))],
    [(1, (2, "x")), (1, (2, "a")), (1, (1, "z")), (0, ()), (1, ())],
    [2**70, -(2**70), 2**64, 2**63, 0, 2**62 + 1, 2**62],
    [(NAN, 1), (NAN, 0), (1.0, 2)],
    [Job(n) for n in numbers(20, 9)],
    [(n, Job(i)) for i, n in enumerate(numbers(20, 4))],
    [[n, -n] for n in numbers(15, 4)],
    [[n, [n % 2, i], None] for i, n in enumerate(numbers(30, 6))],
    [[n] * (i % 3) for i, n in enumerate(numbers(12, 2))],
    [[1, 2], (1, 2)],
):
    print(tried(items))
both([3, "a", 1]), both([(1, "a"), (1, 2), (0, None)]), both([None, None]), both([1]), both([(1, {}), (1, {})])
