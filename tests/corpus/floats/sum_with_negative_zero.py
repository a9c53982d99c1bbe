# corpus: compiled=total,mult
def total(values, start):
    t = start
    for v in values:
        t += v
    return t


def mult(values, start):
    t = start
    for v in values:
        t *= v
    return t


for _ in range(60):
    total([1.0, 2.0], 0.0)
    mult([1.0, 2.0], 1.0)
print(total([-0.0, -0.0], -0.0), total([-0.0], 0.0), total([-0.0], 0), total([], -0.0))
print(mult([0, -1], 1), mult([0.0, -1], 1), mult([0, -1.0], 1), mult([-1.0, 0], 1))
