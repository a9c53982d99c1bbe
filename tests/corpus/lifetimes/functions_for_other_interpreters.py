# corpus: min-python=3.14 compiled=double skip-modes=background,default
"""Functions that were compiled are still good enough to be sent to other interpreters."""
from concurrent import interpreters


def double(n):
    total = 0
    for _ in range(2):
        total += n
    return total


def nothing():
    return None


print([double(n) for n in range(50)][-1], [nothing() for _ in range(50)][-1])
other = interpreters.create()
print(other.call(double, 21))
print(other.exec("x = 1"), other.call(nothing))
queue = interpreters.create_queue()
queue.put(double)
print(queue.get()(4))
other.close()
