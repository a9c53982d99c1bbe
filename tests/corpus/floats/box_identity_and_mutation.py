# corpus: compiled=run
def run(n):
    keep = []
    x = 1.0
    for i in range(n):
        y = x
        x = x + 1.0
        if i % 100 == 0:
            keep.append(y)
        z = x
        x += 0.5
        if i % 150 == 0:
            keep.append(z)
    return keep, x


keep, x = run(600)
print(keep, x)
a = run(1)[0][0]
b = a
a += 1.0
print(a, b)
