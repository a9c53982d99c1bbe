# corpus: compiled=dropped,replaced,returned,nested
# When instances that are not built yet end, and what ends with them, in which order.
log = []


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


class Pair:
    def __init__(self, left, right):
        self.right = right
        self.left = left


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.b = b
        self.a = a


def dropped(n):
    for i in range(n):
        Pair(Loud(f"l{i}"), Loud(f"r{i}"))
        log.append("after")
        p = Slots(Loud(f"a{i}"), Loud(f"b{i}"))
        log.append("made")
        p = None
        log.append("gone")


def replaced(n):
    for i in range(n):
        p = Pair(Loud("x"), None)
        log.append(i)
        p.left = Loud("y")
        log.append("stored")
        q = p
        del p
        log.append("deleted")
        q.left = q.right
        log.append("cleared")


def returned(n):
    def keep(p):
        return p.left

    for i in range(n):
        kept = keep(Pair(Loud(f"k{i}"), Loud(f"d{i}")))
        log.append(kept.name)


def nested(n):
    for i in range(n):
        inner = Pair(Loud("i"), i)
        outer = Pair(inner, Pair(inner, Loud("o")))
        log.append(outer.right.left is inner)
        del inner
        log.append("inner")
        del outer
        log.append("outer")


for n in (2, 40):
    for f in (dropped, replaced, returned, nested):
        log.clear()
        f(n)
        print(f.__name__, len(log), log[-14:])
