# corpus: compiled=sieve
def sieve(n):
    flags = bytearray([1]) * n
    flags[0:2] = b"\0\0"
    for i in range(2, int(n**0.5) + 1):
        if flags[i]:
            flags[i * i :: i] = bytes(len(range(i * i, n, i)))
    count = 0
    for f in flags:
        count += f
    return count


print([sieve(n) for n in (2, 3, 10, 100, 2000)])
