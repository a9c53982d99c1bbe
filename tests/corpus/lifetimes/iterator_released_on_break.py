# corpus: compiled=run
class It:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration
        return self.n

    def __del__(self):
        log.append("it gone")


log = []


def run(k):
    for x in It(k):
        if x == 2:
            break
    else:
        log.append("else")
    log.append("after")
    try:
        for x in It(k):
            if x == 1:
                raise KeyError
    except KeyError:
        log.append("except")
    for x in It(k):
        if x == 0:
            return "returned"


for _ in range(100):
    run(4)
for k in (0, 2, 4):
    log.clear()
    print(k, run(k), log)
