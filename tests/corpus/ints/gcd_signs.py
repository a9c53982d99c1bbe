# corpus: compiled=gcd no-exit=gcd
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


for i in range(1, 300):
    gcd(i, 360)
print([gcd(a, b) for a in (12, -12, 0, 35) for b in (18, -18, 0, 49)])
print(gcd(2**60, 6**20))
