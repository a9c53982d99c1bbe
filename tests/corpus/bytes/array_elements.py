# corpus: compiled=total,scale
from array import array


def total(a):
    t = 0
    for i in range(len(a)):
        t += a[i]
    return t


def scale(a, k):
    for i in range(len(a)):
        a[i] = a[i] * k
    return a


arrays = {code: array(code, [1, 2, 100]) for code in "bBhHiIlLqQfd"}
for code, a in arrays.items():
    for _ in range(40):
        total(a)
    print(code, total(a), scale(a, 1).tolist())
for code, k in (("b", 2), ("B", 3), ("h", 1000), ("i", 2**31), ("q", 2**62), ("Q", -1), ("f", 1e300), ("d", 0.1)):
    try:
        print(code, scale(array(code, [1, 2, 100]), k).tolist())
    except OverflowError as error:
        print(code, error)
try:
    scale(array("i", [1]), 1.5)
except TypeError as error:
    print(error)
f = array("f", [0.1])
print(repr(f[0]), array("b", [-128])[0], array("Q", [2**64 - 1])[0])
