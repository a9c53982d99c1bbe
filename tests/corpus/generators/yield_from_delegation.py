# corpus: compiled=flatten
def flatten(x):
    if isinstance(x, list):
        for y in x:
            yield from flatten(y)
    else:
        yield x


def sub():
    got = []
    while len(got) < 3:
        got.append((yield len(got)))
    return got


def outer():
    a = yield from sub()
    b = yield from (i * 10 for i in range(2))
    yield from []
    yield from ()
    return a, b


nested = [1, [2, [3, [], [4]]], 5]
for _ in range(60):
    list(flatten(nested))
print(list(flatten(nested)), list(flatten([[[[]]]])))
g = outer()
out = [next(g)]
try:
    for v in "abcdef":
        out.append(g.send(v) if len(out) < 3 else next(g) if len(out) == 3 else g.send(None))
except StopIteration as stop:
    print(out, stop.value)


def empty():
    yield from []


for i in range(200):
    list(empty())
try:
    g = outer()
    next(g)
    g.throw(IndexError("in sub"))
except IndexError as error:
    print(error)
try:
    list(flatten_none := (yield_ for yield_ in 5))
except TypeError as error:
    print(error)
