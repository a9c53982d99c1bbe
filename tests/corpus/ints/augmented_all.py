# corpus: compiled=run
def run(a, b):
    x = a
    x += b
    x -= 3
    x *= b
    x //= 2
    x %= 1000003
    x <<= 3
    x >>= 1
    x &= 0xFFFF
    x |= b
    x ^= a
    x **= 2
    return x


for i in range(200):
    run(i, i + 1)
print([run(a, b) for a in (0, 1, -9, 2**40, 2**64) for b in (1, 5, 77)])
try:
    run(5, 5.0)
except TypeError as error:
    print(error)
