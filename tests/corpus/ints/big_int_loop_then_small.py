# corpus: compiled=euclid,down
def euclid(a, b):
    steps = 0
    while b:
        a, b = b, a % b
        steps += 1
    return a, steps


def down(n):
    k = 0
    while n:
        n = n // 1000
        k += 1
    return k


for _ in range(60):
    euclid(120, 84)
f = [1, 1]
while len(f) < 150:
    f.append(f[-1] + f[-2])
print(euclid(f[-1], f[-2]), euclid(2**100, 6**40), down(10**100), down(7))
print([euclid(f[i], f[i - 1])[1] for i in range(80, 100, 3)])
