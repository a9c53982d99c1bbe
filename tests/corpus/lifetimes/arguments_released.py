# corpus: compiled=outer,inner
class T:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(("del", self.n))


log = []


def inner(t, drop):
    if drop:
        t = None
        log.append("dropped in inner")
    log.append("inner end")
    return 1


def outer(i, drop):
    r = inner(T(i), drop)
    log.append("outer")
    return r + inner(t=T(-i), drop=False)


for i in range(100):
    outer(i, False)
for drop in (False, True):
    log.clear()
    outer(7, drop)
    print(log)
