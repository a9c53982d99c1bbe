# corpus: compiled=kahan,naive no-exit=kahan,naive
def kahan(values):
    total = 0.0
    lost = 0.0
    for v in values:
        y = v - lost
        t = total + y
        lost = (t - total) - y
        total = t
    return total


def naive(values):
    total = 0.0
    for v in values:
        total += v
    return total


data = [0.1 * (i % 7) + 1e10 * (i % 3 == 0) - 1e10 * (i % 3 == 1) for i in range(600)]
for _ in range(5):
    print(repr(kahan(data)), repr(naive(data)))
