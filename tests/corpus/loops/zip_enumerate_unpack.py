# corpus: compiled=run
def run(a, b):
    out = []
    for i, (x, y) in enumerate(zip(a, b)):
        out.append(i * 100 + x * 10 + y)
    for i, x in enumerate(a, 5):
        out.append(i + x)
    return out


for _ in range(60):
    run([1, 2, 3], [4, 5, 6])
print(run([1, 2], [3, 4, 5]), run([], [1]), run((1.5, 2), iter([1, 2])), run(range(3), b"abc"))


def kept(n):
    pairs = [p for p in zip(range(n), range(n))]
    return pairs[0] is pairs[1], pairs[-1]


print(kept(100))
try:
    for a, b in zip(["ab", "cd", "e"]):
        pass
except ValueError as error:
    print(error)
