# corpus: compiled=shared
# A number that a tuple holds is the very object that variables hold.
def shared(a, n):
    results = []
    for i in range(n):
        x = a * a + i
        y = x
        z = (x, y)
        results.append((x is y, z[0] is z[1], z[0] is x))
    return [i for i, seen in enumerate(results) if seen != (True, True, True)]


print([shared(a, 20) for a in (2**20, 2**33, 2.5, 2**70) for _ in range(5)])
