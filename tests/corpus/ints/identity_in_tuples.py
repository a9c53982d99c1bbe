# corpus: compiled=shared
# A number that a tuple holds is the very object that variables hold, also where somebody has looked at the frame.
import sys


def shared(a, n):
    results = []
    for i in range(n):
        x = a * a + i
        y = x
        z = (x, y)
        results.append((x is y, z[0] is z[1], z[0] is x))
        if i % 50 == 49:
            results.append((sys._getframe().f_locals["x"] is y, x is y, True))
    return [i for i, seen in enumerate(results) if seen != (True, True, True)]


print([shared(a, 20) for a in (2**20, 2**33, 2.5, 2**70) for _ in range(5)])
print([shared(a, 120) for a in (300, 2**20, 2**33, 2**62, 2.5, 2**63, 2**70, 2**33)])
