# corpus: compiled=run
def run(items):
    out = []
    for x in items:
        out.append((abs(x), divmod(x, 3), max(x, 2), min(x, 0), hex(x), pow(x, 2), isinstance(x, int), hash(x), bool(x)))
        out.append((len(str(x)), sum([x, 1]), sorted([x, 3, 1]), chr(abs(x) % 50 + 65), ord("a"), callable(x), repr(x)))
    return out


for _ in range(40):
    run([1, 2])
for row in run([0, 1, -1, 2**40, -(2**63), True]):
    print(row)
for bad in ([1.5], ["a"], [None]):
    try:
        run(bad)
    except TypeError as error:
        print(error)
