# corpus: compiled=rounds no-exit=rounds
def rounds(words, n):
    a, b, c, d = words
    for i in range(n):
        f = (b & c) | (~b & d)
        x = (a + f + i * 0x9E3779B9) & 0xFFFFFFFF
        x = ((x << 7) | (x >> 25)) & 0xFFFFFFFF
        a, b, c, d = d, (b + x) & 0xFFFFFFFF, b, c
    return a, b, c, d


print([hex(w) for w in rounds((0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476), 400)])
print([hex(w) for w in rounds((0, 0, 0, 0), 64)])
