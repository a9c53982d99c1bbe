# corpus: compiled=texts
def texts(x):
    return repr(x), str(x), f"{x:.3f}", f"{x:g}", f"{x:e}", "%.2f" % x, x.hex(), x.is_integer()


for i in range(60):
    texts(i * 0.1)
for x in (0.1, 1e16, 1e-5, 123456789.123, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324):
    print(*texts(x))
