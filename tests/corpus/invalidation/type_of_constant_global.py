# corpus: compiled=scale
FACTOR = 2
TABLE = [1, 2, 3]
NAME = "x"


def scale(n):
    t = 0
    for i in range(n):
        t += FACTOR * TABLE[i % 3]
    return t, NAME * 2


for _ in range(50):
    scale(10)
print(scale(10))
for FACTOR in (True, 1.5, 2**70, -1):
    print(scale(10))
TABLE[1] = 0.25
print(scale(10))
TABLE = (4, 5, 6)
print(scale(10))
TABLE = {0: 1, 1: 2, 2: 3}
NAME = [1]
print(scale(10))
TABLE = {0: 1}
try:
    scale(10)
except KeyError as error:
    print(repr(error))
