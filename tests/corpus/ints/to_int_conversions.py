# corpus: compiled=convert
def convert(x):
    return int(x)


for i in range(100):
    convert(i + 0.5)
    convert(str(i))
for x in (2.9, -2.9, -0.0, 1e15, 2.0**63, -(2.0**63), 1e300, True, "  12 ", "-7", "1_000", b"5"):
    print(repr(x), convert(x))
for bad in (float("nan"), float("inf"), "x", None, "1.5"):
    try:
        convert(bad)
    except (ValueError, OverflowError, TypeError) as error:
        print(type(error).__name__, error)
