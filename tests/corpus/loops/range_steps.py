# corpus: compiled=total no-exit=total
def collect(*args):
    out = []
    for i in range(*args):
        out.append(i)
    return out, i if out else None


def total(a, b, c):
    t = 0
    for i in range(a, b, c):
        t += i
    return t


for _ in range(100):
    total(0, 10, 1)
for args in ((5,), (0,), (-3,), (2, 7), (7, 2), (7, 2, -1), (0, 10, 3), (10, 0, -3), (0, -10, -4), (5, 5, -1)):
    print(args, *collect(*args))
print(total(10, -10, -3), total(0, 0, 1), total(-5, 6, 5), total(100, 0, 1))
try:
    total(0, 1, 0)
except ValueError as error:
    print(error)
