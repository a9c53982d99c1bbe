# corpus: compiled=wide
n = 300
lines = ["def wide(k):"]
lines += [f"    v{i} = k + {i}" for i in range(n)]
lines.append("    for i in range(k):")
lines += [f"        v{i} += v{n - 1 - i}" for i in range(0, n, 7)]
lines.append("        if v299 < 0: del v290")
lines.append("    if k == 55: del v280")
lines.append("    return " + " ^ ".join(f"v{i}" for i in range(n)))
space = {}
exec("\n".join(lines), space)
wide = space["wide"]
for i in range(40):
    wide(i % 4)
print(wide(0), wide(3), wide(10))
try:
    wide(55)
except UnboundLocalError as error:
    print(error)
