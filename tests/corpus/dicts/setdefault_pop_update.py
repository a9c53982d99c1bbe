# corpus: compiled=run
def run(items):
    groups = {}
    for k, v in items:
        groups.setdefault(k, []).append(v)
    out = []
    while groups:
        k = min(groups)
        out.append((k, groups.pop(k)))
    return out


for _ in range(40):
    run([(1, 2), (1, 3)])
print(run([(i % 4, i) for i in range(30)]))
d = {"a": 1}
print(d.pop("zz", None), d.setdefault("a", 5), d.popitem(), d)
try:
    d.popitem()
except KeyError as error:
    print(error)
try:
    d.pop("q")
except KeyError as error:
    print(error)
d.update([("x", 1)], y=2)
print({**d, "x": 5}, {"a": 0, **{}}, d | {"z": 1})
try:
    print({**5})
except TypeError as error:
    print(error)
