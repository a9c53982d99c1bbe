# corpus: compiled=run
def run(n):
    a, b, c, d = 1, 2.5, "x", None
    for i in range(n):
        a, b = b, a
        a, b, c = c, a, b
        a, b, c, d = d, c, b, a
        if i % 3 == 0:
            [a, b], c = (c, b), a
    return a, b, c, d


print([run(n) for n in range(8)], run(501))
x = [0, 1, 2]
i = 0
i, x[i] = 2, 9
print(i, x)
x[0], x[1], i = x[1], x[0], x
print(x, i is x)
