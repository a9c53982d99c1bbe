# corpus: compiled=run
class T:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def run(n):
    last = None
    for i in range(n):
        t = T(i)
        if i % 50 == 0:
            last = t
        log.append(-i)
    log.append("loop done")
    t = None
    log.append("t cleared")
    return last.name


print(run(3), log)
log.clear()
print(run(200), len(log), log[-8:], log[:6])
