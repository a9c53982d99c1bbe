# corpus: compiled=diff
EDGES = [0, 1, -1, 2**30 - 1, 2**30, -(2**30), 2**60 - 1, 2**60, -(2**60), 2**62, 2**63 - 1, 2**63, -(2**63), 2**64]


def diff(a, b):
    return a - b


for _ in range(100):
    diff(7, 3)
digest = 0
for a in EDGES:
    row = [diff(a, b) for b in EDGES]
    print(a, row)
    for value in row:
        digest = (digest * 1000003 + value) % (2**89 - 1)
print(digest)
