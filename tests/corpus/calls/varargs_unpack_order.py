# corpus: compiled=run
log = []


def n(x):
    log.append(x)
    return x


def f(*a, **k):
    return a, k


def run():
    return f(n(1), *[n(2)], n(3), **{"a": n(4)}, b=n(5))


for _ in range(100):
    run()
log.clear()
print(run(), log)
log.clear()
d = {}
d[n("k")] = n("v")
print(log)
log.clear()
x = [0, 0]
x[n(0)], x[n(1)] = n("a"), n("b")
print(x, log)
