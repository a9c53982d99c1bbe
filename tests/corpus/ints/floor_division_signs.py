# corpus: compiled=quotients
def quotients(a, b):
    q = a // b
    r = a % b
    return q, r, q * b + r == a


for _ in range(100):
    quotients(17, 5)
for a in (7, -7, 1, -1, 0, 6, -6, 2**62, -(2**62), 2**63 - 1, -(2**63), 2**70, -(2**70)):
    for b in (3, -3, 1, -1, 7, -7, 2**31, -(2**31), 2**63 - 1, -(2**63)):
        print(a, b, *quotients(a, b))
