# corpus: compiled=reach
def reach(graph, start):
    seen = set()
    todo = [start]
    while todo:
        n = todo.pop()
        if n in seen:
            continue
        seen.add(n)
        for m in graph.get(n, ()):
            if m not in seen:
                todo.append(m)
    return seen


graph = {i: [(i * 3) % 40, (i + 7) % 40] for i in range(0, 40, 2)}
for _ in range(40):
    reach(graph, 0)
print(sorted(reach(graph, 0)), sorted(reach(graph, 1)))
a, b = set(range(5)), {3, 4, 5.0, "x"}
print(len(a | b), sorted(a & b), sorted(a - b), len(a ^ b), a <= {*a, 9}, a.isdisjoint({99}))
try:
    a.remove(77)
except KeyError as error:
    print(error)
try:
    for x in a:
        a.add(x + 50)
except RuntimeError as error:
    print(error)
try:
    {1, []}
except TypeError as error:
    print(error)
