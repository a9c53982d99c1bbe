# corpus: compiled=product
EDGES = [0, 1, -1, 3, 2**31, -(2**31), 2**31 - 1, 2**32, 3037000499, 3037000500, -3037000500, 2**62, 2**63 - 1, -(2**63)]


def product(a, b):
    return a * b


for i in range(300):
    product(i, 3)
for a in EDGES:
    print(a, [product(a, b) for b in EDGES])
