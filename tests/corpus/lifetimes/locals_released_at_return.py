# corpus: compiled=f,g
class T:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def f(k):
    a = T("a")
    b = T("b")
    c = (T("in tuple"), a)
    if k == 1:
        return T("returned").name
    if k == 2:
        raise ValueError(b)
    return c


def g(k):
    try:
        r = f(k)
        log.append("got")
        return r
    except ValueError:
        log.append("caught")
    log.append("after")


for _ in range(100):
    g(0)
for k in (0, 1, 2):
    log.clear()
    g(k)
    print(k, log)
