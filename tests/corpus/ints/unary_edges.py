# corpus: compiled=unary stderr
def unary(x):
    return -x, +x, ~x, abs(x), not x


for i in range(200):
    unary(i)
for x in (0, 1, -1, 2**30, -(2**30), 2**62, -(2**62), 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, True, False):
    print(x, *unary(x))
for bad in ("s", None, []):
    try:
        unary(bad)
    except TypeError as error:
        print(error)
