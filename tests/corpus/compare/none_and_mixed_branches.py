# corpus: compiled=walk
def walk(items):
    out = []
    for x in items:
        if x is None:
            out.append("none")
        elif x:
            out.append("true")
        elif x is not False:
            out.append("empty")
        else:
            out.append("false")
    return out


for _ in range(100):
    walk([None, 1, 0])
print(walk([None, 1, 0, "", "x", [], [0], {}, 0.0, float("nan"), False, True, (), b"", 2**70, -0.0]))
