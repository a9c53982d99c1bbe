# corpus: compiled=main
def main():
    a, b, c, d, e = 1, 2.5, "s", [1], (2, 3)
    f, g, h = None, {"k": 1}, True
    p = q = r = 0
    for i in range(700):
        p += a
        q += b
        r = len(c) + len(d) + e[1]
        if i == 350:
            c = c * 3
            d.append(i)
            h = not h
        g["k"] += 1
        f = i if f is None or i > f else f
    return a, b, c, d, e, f, g, h, p, q, r


print(main())
