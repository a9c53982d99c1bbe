# corpus: compiled=grid no-exit=grid
def grid(n):
    total = 0
    for i in range(n):
        for j in range(i):
            for k in range(j, i):
                if (i ^ j ^ k) & 1:
                    total += i * j - k
                else:
                    total -= k
    return total


print([grid(n) for n in (0, 1, 2, 5, 12, 20)])
