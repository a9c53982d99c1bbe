# corpus: compiled=worker needs=greenlet
import greenlet


def worker(name, n, other):
    t = 0
    for i in range(n):
        t += i
        if i % 10 == 0:
            got = other().switch((name, i, t))
            t += got[1]
    return name, t


main = greenlet.getcurrent()
log = []


def run(n):
    a = greenlet.greenlet(lambda _: worker("a", n, lambda: b))
    b = greenlet.greenlet(lambda _: worker("b", n, lambda: a))
    r = a.switch((0, 0))
    log.append(r)
    for g in (a, b):
        if not g.dead:
            log.append(g.switch((0, 5)))
    return a.dead, b.dead


print(run(20), log)
log.clear()
print(run(200), log)
