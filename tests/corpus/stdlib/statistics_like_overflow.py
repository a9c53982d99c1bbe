# corpus: compiled=variance
import statistics


def variance(values):
    n = len(values)
    mean = sum(values) / n
    acc = 0
    for v in values:
        acc += (v - mean) ** 2
    return acc / n


for _ in range(40):
    variance([1, 2, 3, 4])
print(variance([10**9, 10**9 + 1]), variance([2**62, 2**62 + 5, -(2**62)]), variance([0.1, 0.2, 0.7]))
print(statistics.pvariance([10**18, 10**18 + 2]), statistics.mean([2**63, 2**63 + 2]), statistics.median([1, 2.5, 3]))
