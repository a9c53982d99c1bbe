# corpus: compiled=f
class T:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(self.n)

    def __add__(self, o):
        return T(self.n + o.n)

    def __lt__(self, o):
        return self.n < o.n

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return T(self.n + i)

    def __iter__(self):
        return iter([T(100), T(200)])

    def __contains__(self, x):
        return True


log = []


def f():
    T(1) + T(2)
    log.append("|")
    T(3) < T(4) < T(5)
    log.append("|")
    T(6)[7]
    log.append("|")
    len(T(8))
    log.append("|")
    a, b = T(9)
    log.append("|")
    b = T(10) in T(11)
    log.append("|")
    f"{T(12).n}"
    log.append("|")
    T(13) and T(14) or T(15)
    log.append("|")
    [T(16), T(17)][1]
    log.append("|")
    x = 5 % len([T(18), T(19)])
    log.append("|")
    (T(20), T(21)) is None
    log.append("end")


for _ in range(100):
    f()
log.clear()
f()
print(*log)
