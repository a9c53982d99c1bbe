# corpus: compiled=dump
def dump(d):
    out = []
    for k in d:
        out.append(k)
    for k, v in d.items():
        out.append((k, v))
    for v in d.values():
        out.append(v)
    for k in reversed(d):
        out.append(k)
    return out


for _ in range(50):
    dump({1: 2})
d = {"b": 1, "a": 2}
d["c"] = 3
del d["b"]
d["b"] = 4
print(dump(d))
d |= {"a": 9, "z": 0}
print(dump(d), list(d.items())[-1], dump({}))
print(dump(dict.fromkeys("hello")))
