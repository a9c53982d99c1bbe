# corpus: compiled=run,clamp,lerp,sign no-exit=run,clamp,lerp,sign
def clamp(x, lo, hi):
    if x < lo:
        return lo
    if x > hi:
        return hi
    return x


def lerp(a, b, t):
    return a + (b - a) * t


def sign(x):
    return 1 if x > 0.0 else -1


def run(n):
    s = 0.0
    k = 0
    for i in range(n):
        t = clamp(i * 0.013 - 0.5, 0.0, 1.0)
        s += lerp(-1.0, 3.0, t)
        k += sign(s)
    return s, k


for _ in range(10):
    run(150)
print([repr(run(n)) for n in (0, 1, 10, 50, 150)])
