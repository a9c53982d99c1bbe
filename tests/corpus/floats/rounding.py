# corpus: compiled=rounds
def rounds(x):
    return round(x), round(x, 1), round(x, -1), x.__floor__(), x.__ceil__(), x.__trunc__()


for i in range(100):
    rounds(i * 0.25)
for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1e15 + 0.5, -0.0, 123456.789, 2.0**62, 1e22):
    print(repr(x), [repr(v) for v in rounds(x)])
for bad in (float("nan"), float("inf")):
    try:
        rounds(bad)
    except (ValueError, OverflowError) as error:
        print(error)
