# corpus: compiled=deep
depth = 18
source = "def deep(k):\n    t = 0\n"
for i in range(depth):
    source += "    " * (i + 1) + f"for x{i} in range(k if {i} < 6 else 1):\n"
source += "    " * (depth + 1) + "t += " + " + ".join(f"x{i}" for i in range(depth)) + "\n    return t\n"
space = {}
exec(source, space)
deep = space["deep"]
print([deep(k) for k in (0, 1, 2, 3)])
expression = "lambda a: " + "(" * 80 + "a" + " + 1)" * 80
f = eval(expression)
print([f(i) for i in (0, 1.5, 2**63 - 40)], sum(f(i) for i in range(200)))
