# corpus: compiled=probe
def probe(a, b):
    return a is b, a is not b, a is None, (a or b) is b, [a][0] is a


for i in range(200):
    probe(i, i)
o = object()
for a, b in ((o, o), (None, None), (o, None), (0, o), ("", o), (True, True), (1, True)):
    print(*probe(a, b))


def fresh():
    return object() is object(), [] is [], {} is {}


print([fresh() for _ in range(3)][-1])
