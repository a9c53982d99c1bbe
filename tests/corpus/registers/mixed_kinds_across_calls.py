# corpus: compiled=run
def touch(x):
    return x


def run(n):
    i0, i1, i2 = 1, 2, 3
    f0, f1, f2 = 0.5, 1.5, 2.5
    b0, b1 = True, False
    s, l, t = "s", [1], (1, 2)
    for k in range(n):
        i0 = i0 + k
        touch(k)
        f0 = f0 * 0.5 + k
        len(s)
        i1 = i1 - i0 % 7
        b0 = i1 < i0
        l.append(touch(f0) > f1)
        f1 = f0 - f1
        b1 = b0 and not b1
        i2 = touch(i2) + l.pop()
        f2 = f2 + i2 if b1 else f2 - 0.125
        t = (t[1], i0)
    return i0, i1, i2, f0, f1, f2, b0, b1, s, l, t


for n in (0, 1, 5, 250):
    print([repr(v) for v in run(n)])
