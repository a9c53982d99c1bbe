# corpus: compiled=same,chain
def same(x):
    return x - x, x + x, x * x, x ^ x, x & x, x | x, x == x, x < x, x <= x, x is x, x % x if x else 0, x // x if x else 0


def chain(a, b):
    a = a - b
    b = a - b
    a = b - a
    b = b - b - a
    a -= a - b
    return a, b


for i in range(200):
    same(i), chain(i, i + 1)
print([same(x) for x in (0, 1, -1, 2**31, 2**62, -(2**63), True)])
print([chain(a, b) for a in (0, 5, -(2**62), 2**63 - 1, 0.5) for b in (1, -7, 2**62, 1.25)])
