# corpus: compiled=fnv
def fnv(data):
    h = 0xCBF29CE484222325
    for b in data:
        h ^= b
        h = h * 0x100000001B3 % 2**64
    return h


print([hex(fnv(bytes([i, i + 1]))) for i in range(6)], hex(fnv(b"hello world" * 20)), hex(fnv(b"")))
