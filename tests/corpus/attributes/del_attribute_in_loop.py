# corpus: compiled=run
class C:
    pass


def run(n):
    c = C()
    hits = 0
    for i in range(n):
        if i % 3 == 0:
            c.a = i
        try:
            del c.a
        except AttributeError:
            hits += 1
        try:
            c.a
        except AttributeError:
            hits += 100
    return hits


print(run(10), run(200))
