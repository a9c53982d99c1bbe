# corpus: compiled=isqrt
def isqrt(n):
    if n < 2:
        return n
    x = n
    y = (x + 1) // 2
    while y < x:
        x = y
        y = (x + n // x) // 2
    return x


for n in range(300):
    assert isqrt(n) ** 2 <= n < (isqrt(n) + 1) ** 2
print([isqrt(n) for n in (2**30, 2**31 - 1, 2**60 - 1, 2**62, 2**63 - 1, 2**63, 10**40)])
