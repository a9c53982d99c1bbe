# corpus: compiled=depth,walk
"""Threads with small native stacks recurse as deep as the interpreter does, which needs none for calls."""
import threading


def depth(n, a=1, b=2, c=3):
    if n == 0:
        return 0
    return depth(n - 1, a + 1, b * 2 % 1000, c + b) + 1


def walk(tree):
    if not tree:
        return 0
    left, value, right = tree
    total = walk(left)
    total += value
    for x in (left and left[1] or 0, right and right[1] or 0):
        total += x * 0
    return total + walk(right)


tree = None
for i in range(900):
    tree = (tree, i, None)
for _ in range(50):
    depth(100), walk((None, 1, None))


def work(results):
    results.append((depth(900), walk(tree)))


for size in (64 * 1024, 128 * 1024, 256 * 1024, 512 * 1024, 0):
    threading.stack_size(size)
    results = []
    thread = threading.Thread(target=work, args=(results,))
    thread.start()
    thread.join()
    print(size, results)
