# corpus: compiled=search,prefix
def search(a, x):
    lo, hi = 0, len(a)
    while lo < hi:
        mid = (lo + hi) >> 1
        if a[mid] < x:
            lo = mid + 1
        else:
            hi = mid
    return lo


def prefix(values):
    out = [0]
    for v in values:
        out.append(out[-1] + v)
    return out


p = prefix([i % 7 for i in range(200)])
print(p[-1], [search(p, x) for x in range(0, 600, 37)])
print(search([0.5, 1.5], 1), search(["a", "c"], "b"), search([], 5), prefix([2**62] * 3))
