# corpus: compiled=matmul no-exit=matmul
def matmul(a, b):
    n, m, p = len(a), len(b), len(b[0])
    c = [[0.0] * p for _ in range(n)]
    for i in range(n):
        row = a[i]
        out = c[i]
        for j in range(p):
            s = 0.0
            for k in range(m):
                s += row[k] * b[k][j]
            out[j] = s
    return c


def make(n, seed):
    return [[(i * n + j + seed) % 17 / 7.0 for j in range(n)] for i in range(n)]


a = make(14, 3)
for _ in range(3):
    b = matmul(a, make(14, 5))
print([repr(x) for x in b[7]])
