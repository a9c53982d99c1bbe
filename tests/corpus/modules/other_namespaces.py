# corpus: compiled=<module>
# The same code of a module in other dictionaries, with other locals than globals, and in namespaces that are no plain dictionaries.
SOURCE = """
total = start
for i in range(limit):
    total += i * factor
    last = i
"""
code = compile(SOURCE, "<module code>", "exec")
for factor in (1, 2, 0.5, "x"):
    for limit in (5, 80, 120):
        space = {"start": 0, "limit": limit, "factor": factor}
        if factor == "x":
            space["start"] = ""
        exec(code, space)
        print(space["total"][-5:] if factor == "x" else space["total"], space["last"])

outer = {"start": 0, "limit": 100, "factor": 3, "total": "untouched"}
inner = {}
exec(code, outer, inner)
print(outer["total"], inner)
for _ in range(5):
    exec(code, outer, inner)
    exec(code, outer)
    print(outer["total"], inner["total"])


class Space(dict):
    def __setitem__(self, name, value):
        stored.append(name)
        super().__setitem__(name, value)

    def __missing__(self, name):
        return {"start": 1, "limit": 40, "factor": 2}[name] if name != "range" else range


stored = []
exec(code, {}, Space())
print(len(stored), sorted(set(stored)))
space = Space(start=0, limit=60, factor=1)
exec(code, space)
print(space["total"], len(stored))

for attempt in range(4):
    class Body:
        total = attempt
        for i in range(70):
            total += i
        squares = [j * j for j in range(3)]
    print(Body.total, Body.i, Body.squares)
