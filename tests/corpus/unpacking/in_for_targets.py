# corpus: compiled=run
def run(rows):
    d = {}
    out = []
    for k, (a, *rest), d["last"] in rows:
        out.append((k, a, rest))
    for [x, y] in [(1, 2), "ab"]:
        out.append((x, y))
    for d[0] in range(3):
        pass
    return out, d


for _ in range(60):
    run([(1, (2, 3), 4)])
print(run([(1, (2, 3), 4), ("k", "abc", 5)]))
for bad in ([(1, (), 2)], [(1, 2, 3)], [(1, (2,))]):
    try:
        run(bad)
    except (ValueError, TypeError) as error:
        print(error)
