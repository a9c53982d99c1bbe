# corpus: compiled=count
def count(flags):
    total = 0
    for flag in flags:
        total += flag
    return total


def logic(a, b):
    return a & b, a | b, a ^ b, a + b, a - b, a * b, -a, +a, a == b, a < b


for _ in range(60):
    count([True, False, True])
print(count([True] * 7), type(count([True])).__name__, count([True, 2, 3.5]))
for a in (True, False):
    for b in (True, False, 1, 0):
        print(a, b, [f"{v!r}" for v in logic(a, b)])
