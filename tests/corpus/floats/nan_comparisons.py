# corpus: compiled=branches
def branches(a, b):
    out = ""
    if a < b:
        out += "<"
    if a > b:
        out += ">"
    if a == b:
        out += "="
    if a != b:
        out += "!"
    if not a < b:
        out += "n"
    if not a >= b:
        out += "g"
    return out


for i in range(200):
    branches(i * 0.5, 50.0)
nan = float("nan")
for a, b in ((nan, nan), (nan, 1.0), (1.0, nan), (0.0, -0.0), (nan, 1), (1, nan), (float("inf"), float("inf"))):
    print(a, b, branches(a, b))
print(nan in [nan], [nan] == [nan], (nan,) == (float("nan"),), {nan: 1}.get(nan))
