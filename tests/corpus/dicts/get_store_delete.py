# corpus: compiled=run
def run(n):
    d = {}
    for i in range(n):
        d[i % 10] = d.get(i % 10, 0) + i
        if i % 7 == 0:
            del d[i % 10]
        if i % 10 in d:
            d[i % 10] += 1
    return d


print(run(10), run(500))


def take(d, k):
    return d[k]


for i in range(100):
    take({"a": 1, 5: 2}, "a")
for k in ("b", 7, 2.5, (1, 2), None):
    try:
        take({"a": 1}, k)
    except KeyError as error:
        print(repr(error), error.args)
for k in ([], {}, set()):
    try:
        take({"a": 1}, k)
    except TypeError as error:
        print(error)
try:
    d = {}
    del d["q"]
except KeyError as error:
    print(repr(error))
