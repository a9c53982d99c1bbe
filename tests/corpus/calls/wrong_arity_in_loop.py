# corpus: compiled=run,two
def two(a, b):
    return a + b


def run(argslist):
    out = []
    for args in argslist:
        try:
            out.append(two(*args))
        except TypeError as error:
            out.append(str(error))
    return out


for _ in range(60):
    run([(1, 2), (3, 4)])
print(run([(1, 2), (1,), (1, 2, 3), (), ("a", "b"), ("a", 1)]))


def direct(g):
    return g(1, 2)


for _ in range(100):
    direct(two)
for g in (lambda: 0, lambda a: 0, lambda a, b, c: 0, lambda a, *, b: 0, len, int, 5, two):
    try:
        print(direct(g))
    except TypeError as error:
        print(str(error).replace("<lambda>", "lambda"))
