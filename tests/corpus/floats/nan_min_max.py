# corpus: compiled=manual,builtin
nan = float("nan")


def manual(values):
    best = values[0]
    for v in values:
        if v > best:
            best = v
    return best


def builtin(a, b):
    return min(a, b), max(a, b)


for i in range(100):
    manual([1.0, 2.0, float(i)])
    builtin(1.0, float(i))
print(manual([1.0, nan, 3.0]), manual([nan, 1.0, 3.0]))
print(builtin(nan, 1.0), builtin(1.0, nan), builtin(0.0, -0.0), builtin(-0.0, 0.0))
print(builtin(1, 1.0), builtin(1.0, 1), builtin(True, 1))
