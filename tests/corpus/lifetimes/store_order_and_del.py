# corpus: compiled=run
class T:
    def __init__(self, name, seen):
        self.name, self.seen = name, seen

    def __del__(self):
        log.append((self.name, self.seen.x if hasattr(self.seen, "x") else "unset"))


class Holder:
    pass


log = []


def run(n):
    h = Holder()
    d = {}
    for i in range(n):
        h.x = T(f"attr{i}", h)
        d["k"] = T(f"item{i}", h)
        h.x = i
        d["k"] = i
        x = T(f"local{i}", h)
        x = None
        del h.x
        s = {T(f"set{i}", h)}
        s.clear()


run(100)
log.clear()
run(2)
print(*log, sep="\n")
