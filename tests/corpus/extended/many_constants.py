# corpus: compiled=big
lines = ["def big(x):", "    t = 0"]
for i in range(400):
    lines.append(f"    t += x * {i + 1000} + {i}.5")
    if i == 350:
        lines.append("    if x == 77: t = t + None")
lines.append("    return t")
space = {}
exec(compile("\n".join(lines), "generated", "exec"), space)
big = space["big"]
for i in range(60):
    big(i)
print(big(1), big(2.0), big(2**60))
import traceback

try:
    big(77)
except TypeError as error:
    f = traceback.extract_tb(error.__traceback__)[-1]
    print(error, f.lineno, f.colno, f.end_colno)
