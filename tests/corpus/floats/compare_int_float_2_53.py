# corpus: compiled=orders
def orders(a, b):
    return a < b, a <= b, a == b, a != b, a > b, a >= b


for i in range(100):
    orders(i, 3.5)
    orders(1.5, i)
two53 = 2**53
for a in (two53 - 1, two53, two53 + 1, two53 + 2, -two53 - 1, 2**63, 2**63 - 1, 2**64 + 1, 10**400):
    for b in (float(two53), float(-two53), 2.0**63, 2.0**64, float("inf"), float("nan")):
        print(a, b, *map(int, orders(a, b) + orders(b, a)))
