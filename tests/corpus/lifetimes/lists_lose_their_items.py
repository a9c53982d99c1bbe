# corpus: compiled=drop
# Lists of any length lose their items from the last one on, and what hears of it sees the frame that dropped the list.
import gc
import sys

seen = []


class Noted:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        caller = sys._getframe(1)
        lists = sum(1 for other in gc.get_objects() if type(other) is list and other and other[0] is marker)
        seen.append((self.name, caller.f_code.co_name, caller.f_lineno - caller.f_code.co_firstlineno, lists))


def drop(pool, i):
    pool[i] = None
    return i


marker = object()
shared = [object() for _ in range(20)]


def items(n):
    """Marked, without anything that hears of its end."""
    return [marker] + [shared[i % 20] if i % 3 == 0 else 2**40 + i if i % 3 == 1 else str(i) + "s" for i in range(n)]


def run(make, n=40):
    seen.clear()
    before = list(map(sys.getrefcount, shared))
    pool = [make(i) for i in range(n)]
    for i in range(n):
        drop(pool, i)
    after = list(map(sys.getrefcount, shared))
    print(len(seen), seen[:4], seen[-2:], before == after)


for length in (0, 1, 3, 100, 600, 3000):
    run(lambda i: items(length))
    run(lambda i: items(length) + [Noted(i)])
    run(lambda i: [marker, Noted(i)] + items(length))
    run(lambda i: items(length) + [Noted(i)] + items(length) + [Noted(-i)])
    run(lambda i: items(length) + [items(length), (items(3), Noted(i)), {"key": items(length)}], 10)
    run(lambda i: [items(length) + [Noted(i)]] * 2 + items(3), 10)

# Lists that were changed before, and one that is sorted while it dies.
for change in (list.clear, list.reverse, lambda one: one.extend(range(50)), lambda one: one.__delitem__(slice(1, None, 2))):
    def changed(i):
        one = items(30) + [Noted(i)]
        change(one)
        return one

    run(changed)
