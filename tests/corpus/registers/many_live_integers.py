# corpus: compiled=mix no-exit=mix
def mix(n):
    a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
    i, j, k, l, m, o, p, q = 9, 10, 11, 12, 13, 14, 15, 16
    for x in range(n):
        a = (b - a) & 0xFFFF
        b = (a - b + c) & 0xFFFF
        c = (d << 3) - c & 0xFFFF
        d = d - a ^ e
        e = (e * 5 - f) & 0xFFFF
        f = f - g + (h >> 2)
        g = (q - g) & 0xFF
        h = (h ^ i) - j & 0xFFFF
        i = i + j - (k & 7)
        j = (l - j) & 0xFFF
        k, l = l - k & 0xFF, k + l & 0xFF
        m = m - x & 0xFFFF
        o = (p % 13) - o & 0xFF
        p = (q * 3 - p) & 0xFFFF
        q = q // 2 + x - (a & 3)
        i &= 0xFFFF
        f &= 0xFFFF
        d &= 0xFFFF
    return a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q


for n in (0, 1, 2, 50, 333):
    print(mix(n))
