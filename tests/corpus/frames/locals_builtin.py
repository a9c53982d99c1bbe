# corpus: compiled=f,loop
def f(a, b=2, *args, **kw):
    c = a + b

    def inner():
        return c

    snapshot = locals()
    c = -1
    return {k: v for k, v in snapshot.items() if k != "inner"}, sorted(locals()), dir()


def loop(n):
    for i in range(n):
        d = locals()
        d["i"] = "changed"
        e = i
    return e, sorted(d), vars() is not d


for i in range(100):
    f(i)
print(f(1, 2, 3, k=4))
print(loop(5), loop(150))
print([locals()["i"] for i in range(3)], eval("[x for x in locals() if x == 'f']"))
