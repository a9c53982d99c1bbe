# corpus: compiled=dot,axpy
def dot(x, y):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i]
    return s


def axpy(a, x, y):
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]
    return y


u = [0.5 * i for i in range(50)]
v = [1.0 / (i + 1) for i in range(50)]
for _ in range(40):
    dot(u, v)
print(repr(dot(u, v)), axpy(2.0, u, list(v))[:5])
u[30] = 7
print(repr(dot(u, v)))
u[31] = "no"
try:
    dot(u, v)
except TypeError as error:
    print(error)
y = list(v)
try:
    axpy(1.0, u, y)
except TypeError:
    print(y[29:33])
