# corpus: compiled=run
def run(n):
    data = [((i * 37) % 101, -i) for i in range(n)]
    a = sorted(data, key=lambda p: (p[0] % 7, p[1]))
    b = sorted(data, key=lambda p: p[1], reverse=True)
    data.sort(key=lambda p: abs(p[0] - 50))
    return a[:4], b[:2], data[:4], max(data, key=lambda p: p[0] * p[1]), min(data, default=None)


for _ in range(5):
    run(20)
print(run(60))


def explode(p):
    if p == 5:
        raise KeyError("five")
    return -p


try:
    sorted(range(10), key=explode)
except KeyError as error:
    print(error)
a = [3, 1, 2]
try:
    a.sort(key=lambda x: a.append(x) or x)
except ValueError as error:
    print(error)
print(a)
