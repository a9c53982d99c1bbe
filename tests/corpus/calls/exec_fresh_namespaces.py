# corpus: compiled=step
source = """
def step(x):
    return x * factor + base()

def base():
    return factor
"""
results = []
for factor in range(12):
    space = {"factor": factor}
    exec(source, space)
    step = space["step"]
    t = 0
    for i in range(60):
        t = step(t) % 1000003
    results.append(t)
print(results)
code = compile("total = 0\nfor i in range(n): total += i * k", "made", "exec")
for k in (1, 2, 0.5):
    space = {"n": 100, "k": k}
    exec(code, space)
    print(space["total"], space["i"])
    local = {}
    exec(code, {"n": 50, "k": k}, local)
    print(local)
