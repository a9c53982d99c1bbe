# corpus: compiled=count
def count(keys):
    d = {}
    for k in keys:
        if k in d:
            d[k] += 1
        else:
            d[k] = 1
    return d


for _ in range(40):
    count(["a", "b"])
print(count([1, True, 1.0, 0, False, 0.0, -0.0, 2**61 - 1, 0.5, "1"]))
nan = float("nan")
print(len(count([nan, nan, float("nan")])), count("mississippi"), count([2**64, float(2**64)]))
