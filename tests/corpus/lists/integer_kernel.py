# corpus: compiled=convolve,histogram no-exit=convolve,histogram
def convolve(a, k):
    n, m = len(a), len(k)
    out = [0] * (n - m + 1)
    for i in range(n - m + 1):
        s = 0
        for j in range(m):
            s += a[i + j] * k[j]
        out[i] = s
    return out


def histogram(values, bins):
    counts = [0] * bins
    for v in values:
        counts[v % bins] += 1
    return counts


data = [(i * 31) % 17 - 8 for i in range(100)]
for _ in range(20):
    convolve(data, [1, -2, 1])
    histogram(data, 7)
print(convolve(data, [1, -2, 1])[:20], histogram(data, 7), sum(convolve(data, [3, 1, 4, 1, 5])))
