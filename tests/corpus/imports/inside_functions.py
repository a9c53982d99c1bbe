# corpus: compiled=f
def f(i):
    import math
    import os.path as p
    from collections import deque, OrderedDict as OD
    from math import floor as fl

    return math.sqrt(i), p.join("a", str(i)), len(deque(range(i))), fl(i / 2), OD.__name__


for i in range(100):
    f(i % 5)
print(f(4))


def missing(i):
    try:
        import does_not_exist
    except ImportError as error:
        a = str(error), error.name
    try:
        from math import nope
    except ImportError as error:
        b = type(error).__name__, error.name
    return a, b


for i in range(40):
    missing(i)
print(missing(1))
import sys

sys.modules["math"] = type(sys)("math")
try:
    f(3)
except ImportError as error:
    print(str(error).split("(")[0])
