# corpus: compiled=plain,slotted,defaults,late,several,branches
# What attributes of instances that are not built yet mean: inline values, slots, defaults, methods that they hide.
class Plain:
    shade = "none"

    def __init__(self, a, b):
        self.a = a
        self.b = b

    def total(self):
        return self.a + self.b


class Slotted:
    __slots__ = ("first", "second")

    def __init__(self, first, second):
        self.second = second
        self.first = first


class Both(Slotted):
    def __init__(self, first, second, third):
        super().__init__(first, second)
        self.third = third


class Late:
    def __init__(self, n):
        if n % 2:
            self.odd = n
        self.n = n
        if n % 3 == 0:
            self.three = n


class Several:
    def __init__(self, n):
        self.a = n
        self.b = [n]
        self.c = (n, n + 0.5)
        self.d = {"n": n}
        self.e = self.f = self.b
        self.g = None
        self.h = n > 3
        self.i = 1 << 40
        self.j = 1.5
        self.k = "k"


def plain(n):
    total = 0
    for i in range(n):
        p = Plain(i, i * 2)
        total += p.total() + len(p.shade)
        p.shade = "some"
        p.a = p.total()
        total += p.a + len(p.shade)
    return total, vars(p)


def slotted(n):
    total = 0
    for i in range(n):
        s, b = Slotted(i, i + 1), Both(i, i + 2, i + 3)
        total += s.first * s.second + b.first - b.second + b.third
        s.first = b
    return total, s.first is b, vars(b), b.first, s.second


def defaults(n):
    seen = []
    for i in range(n):
        p = Plain(i, 0)
        try:
            seen.append(p.missing)
        except AttributeError as error:
            seen.append(str(error))
        if i % 7 == 0:
            del p.a
            seen.append(sorted(vars(p)))
            seen.append(hasattr(p, "a"))
    return seen[:4], len(seen)


def late(n):
    found = []
    for i in range(n):
        one = Late(i)
        found.append((getattr(one, "odd", None), getattr(one, "three", -1), list(vars(one))))
    return found[-4:]


def several(n):
    total = 0
    for i in range(n):
        one = Several(i)
        total += one.a + one.b[0] + one.c[1] + one.d["n"] + one.e[0] + one.h + one.i + one.j
        one.b.append(i)
        total += len(one.f)
    return total, one.g, one.k, list(vars(one)), one.e is one.b


def branches(n):
    out = []
    for i in range(n):
        if i % 4 == 0:
            one = Plain(i, 1)
        elif i % 4 == 1:
            one = Plain(float(i), 2)
        elif i % 4 == 2:
            one = Slotted(i, 3)
        else:
            one = None
        if one is None:
            out.append("none")
        elif isinstance(one, Plain):
            out.append(one.a)
        else:
            out.append(one.second)
        if one:
            out.append(type(one).__name__)
    return out[-8:]


for n in (5, 60, 300):
    print(plain(n), slotted(n), several(n))
    print(defaults(n), late(n), branches(n))
