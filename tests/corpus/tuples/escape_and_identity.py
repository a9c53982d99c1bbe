# corpus: compiled=run
def pair(a, b):
    return (a, b)


def run(n):
    kept = []
    last = None
    for i in range(n):
        t = pair(i, i + 1)
        a, b = t
        if a % 50 == 0:
            kept.append(t)
        if last is t:
            kept.append("same")
        last = t
    return kept, last is t, pair(1, 2) is pair(1, 2)


print(run(200))
