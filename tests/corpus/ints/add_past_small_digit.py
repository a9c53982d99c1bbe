# corpus: compiled=climb no-exit=climb
def climb(start, n):
    total = start
    for i in range(n):
        total = total + i
    return total


for base in (2**30 - 600, -(2**30) - 600, 2**15 - 300, 0):
    out = 0
    for _ in range(60):
        out = climb(base, 50)
    print(base, out, out == base + 1225)
