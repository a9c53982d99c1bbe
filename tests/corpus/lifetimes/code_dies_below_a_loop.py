# corpus: compiled=<module> skip-modes=background,default
"""Code that dies while a loop runs is freed before the loop ends, with what it holds."""
import gc
import weakref

SOURCE = """
def leaf(x):
    return x + 1
def work(n):
    total = 0
    for i in range(n):
        total += leaf(i)
    return total
"""

refs = []
total = 0
for number in range(400):
    space = {}
    exec(compile(SOURCE, "made", "exec"), space)
    for n in range(12):
        total += space["work"](n * 4)
    refs.append(weakref.ref(space["leaf"].__code__))
    space.clear()
    if number % 100 == 99:
        gc.collect()
        print(number, total, sum(ref() is not None for ref in refs) < 90)
