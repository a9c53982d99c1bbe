# corpus: compiled=comp
def comp(n):
    i = "outer"
    a = [i * 2 for i in range(n) if i % 2]
    b = {i: j for i, j in zip("abc", a)}
    c = {(i, j) for i in range(3) for j in range(i)}
    d = [[i + j for i in range(2)] for j in range(2)]
    e = [f() for f in [lambda: i for i in range(3)]]
    g = [last := i for i in a]
    h = tuple(x for x in (y + 1 for y in a) if x > 2)
    return i, a, b, sorted(c), d, e, g, h, last if a else None


for _ in range(60):
    comp(3)
print(comp(7))
try:
    comp(0)[0].nope
except AttributeError as error:
    print(error)
try:
    [x // (x - 3) for x in range(6)]
except ZeroDivisionError as error:
    import traceback

    print([(f.name, f.lineno, f.colno, f.end_colno) for f in traceback.extract_tb(error.__traceback__)])


class Body:
    xs = [1, 2]
    ys = [x * 2 for x in xs]
    zs = list(x for x in xs)


print(Body.ys, Body.zs)
