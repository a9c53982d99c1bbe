# corpus: compiled=poly no-exit=poly
def poly(x, coefficients):
    acc = 0.0
    for c in coefficients:
        acc = acc * x + c
    return acc


cs = [0.1, -0.7, 1.3, 1e-17, 3.3333333333333335, -2.1]
for _ in range(40):
    poly(1.1, cs)
print([repr(poly(i * 0.37 - 3, cs)) for i in range(20)])
print([repr(poly(x, [x, x, -x * x])) for x in (1.0 + 2**-52, 1e8 + 1, 0.1)])
