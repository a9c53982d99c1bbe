# corpus: compiled=digits,bits no-exit=digits,bits
def digits(n):
    s = 0
    while n > 0:
        s += n % 10
        n //= 10
    return s


def bits(n):
    out = 0
    while n:
        out = out << 1 | n & 1
        n >>= 1
    return out


for i in range(200):
    digits(i * 97), bits(i)
print([digits(i) for i in (0, 9, 123456789, 2**60)], [bits(i) for i in (0, 1, 6, 0b1011, 2**20 + 1)])
