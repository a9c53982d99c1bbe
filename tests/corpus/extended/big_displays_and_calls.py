# corpus: compiled=build
n = 270
source = f"""
def f(*a, **k): return len(a), len(k)
def build(x):
    t = ({", ".join(f"x + {i}" for i in range(n))},)
    d = {{{", ".join(f"'k{i}': x" for i in range(n))}}}
    s = f"{"".join(f"{{x}}-" for i in range(n))}"
    c = f({", ".join(f"x" for i in range(n // 2))}, {", ".join(f"k{i}=x" for i in range(n // 2))})
    {", ".join(f"v{i}" for i in range(250))}, *rest = t
    return sum(t), len(d), len(s), c, v249, len(rest)
"""
space = {}
exec(source, space)
build = space["build"]
for i in range(40):
    build(i)
print(build(1), build(0.5), build(2**62))
