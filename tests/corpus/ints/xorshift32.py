# corpus: compiled=xorshift no-exit=xorshift
def xorshift(x, n):
    for _ in range(n):
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
    return x


print([xorshift(seed, 200) for seed in (1, 2, 2463534242, 2**32 - 1)])
for _ in range(50):
    xorshift(99, 5)
print(xorshift(99, 1000))
