# corpus: compiled=chain
calls = []


def v(x):
    calls.append(x)
    return x


def chain(a, b, c, d):
    return v(a) < v(b) <= v(c) != v(d)


for i in range(100):
    chain(1, 2, 3, 4)
calls.clear()
for args in ((1, 2, 3, 4), (2, 1, 3, 4), (1, 2, 2, 2), (1, 1, 9, 9)):
    print(chain(*args), calls)
    calls.clear()
