# corpus: compiled=dot,norm no-exit=dot,norm
def dot(x, y):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i]
    return s


def norm(x):
    s = 0.0
    for v in x:
        s += v * v
    return s**0.5


u = [0.5 * i - 7.25 for i in range(60)]
v = [1.0 / (i + 1) for i in range(60)]
for _ in range(20):
    dot(u, v), norm(u)
print(repr(dot(u, v)), repr(norm(u)), repr(norm(v)))
