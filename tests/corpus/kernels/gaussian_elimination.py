# corpus: compiled=solve
def solve(a, b):
    n = len(b)
    a = [row[:] + [b[i]] for i, row in enumerate(a)]
    for c in range(n):
        pivot = max(range(c, n), key=lambda r: abs(a[r][c]))
        a[c], a[pivot] = a[pivot], a[c]
        if a[c][c] == 0:
            raise ZeroDivisionError(f"singular at {c}")
        for r in range(c + 1, n):
            f = a[r][c] / a[c][c]
            for k in range(c, n + 1):
                a[r][k] -= f * a[c][k]
    x = [0.0] * n
    for r in range(n - 1, -1, -1):
        x[r] = (a[r][n] - sum(a[r][k] * x[k] for k in range(r + 1, n))) / a[r][r]
    return x


m = [[1.0 / (i + j + 1) for j in range(6)] for i in range(6)]
for _ in range(10):
    x = solve(m, [1.0] * 6)
print([f"{v:.4f}" for v in x], solve([[2, 0], [0, 4]], [1, 1]))
try:
    solve([[1, 2], [2, 4]], [1, 1])
except ZeroDivisionError as error:
    print(error)
from fractions import Fraction as F

print(solve([[F(1, 2), F(1)], [F(3), F(-1, 3)]], [F(1), F(2)]))
