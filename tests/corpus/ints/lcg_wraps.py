# corpus: compiled=generate
def generate(seed, n):
    x = seed
    acc = 0
    for _ in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        acc ^= x >> 33
    return x, acc


for seed in (0, 1, 42, 2**64 - 1):
    print(generate(seed, 300))
