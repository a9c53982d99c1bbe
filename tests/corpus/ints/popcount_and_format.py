# corpus: compiled=popcount
def popcount(n):
    c = 0
    while n:
        n &= n - 1
        c += 1
    return c


print([popcount(n) for n in range(64)])
print(popcount(2**63 - 1), popcount(2**64 - 1), popcount(2**200 - 1))
print(sum(popcount(i) == i.bit_count() for i in range(1000)))
