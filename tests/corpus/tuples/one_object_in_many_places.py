# corpus: compiled=in_dict,from_inlined,two_equal,walrus,nested,chained,unpacked_only
"""A tuple, range, slice or bound method that the compiler keeps in parts is one object wherever it is seen."""


def in_dict(d):
    t = (d,)
    d[1] = t
    e = {2: t}
    return d[1] is t, e[2] is d[1], t is t


def keep(t, out):
    out.append(t)
    return t


def from_inlined(n, out):
    t = (n, n)
    u = keep(t, out)
    return t is u, out[-1] is t, out[-1] is u


def two_equal(n):
    a = (n, 1)
    b = (n, 1)
    return a is b, a == b, a is a


def walrus(n, out):
    out.append(t := (n, n + 1))
    return out[-1] is t


def nested(n, out):
    t = (n, n + 1)
    u = (t, n)
    out.append(u)
    out.append(t)
    return u[0] is t, u[0] is u[0], out[-2][0] is t, out[-1] is t, out[-2] is u


def chained(n, out):
    a = b = (n, [])
    out.append(a)
    out.append(b)
    b[1].append(n)
    return a is b, out[-1] is out[-2], a[1]


def unpacked_only(n, s):
    pair = (n, s + "!")
    first, second = pair
    return first, second, pair[1], pair[-2]


class Thing:
    def method(self):
        return self


def methods(thing):
    a = thing.method
    b = thing.method
    both = [a, b, a]
    return a is b, a == b, both[0] is both[2], both[0] is both[1], both[0] is a, a() is b()


def ranges(n):
    a = range(n)
    both = [a, a, range(n)]
    return both[0] is both[1], both[0] is a, both[2] is a, [i for i in a]


def slices(n, items):
    a = slice(n, 5)
    both = [a, a]
    return both[0] is both[1], both[0] is a, items[a], items[a]


def in_loop(n):
    kept = []
    last = None
    for i in range(n):
        t = (i, i * 2)
        if t is last:
            kept.append("same")
        last = t
        kept.append(t)
        if kept[-1] is not t or last is not t:
            kept.append("other")
    return kept


for _ in range(60):
    results = [
        in_dict({}),
        from_inlined(4, []),
        two_equal(5),
        walrus(3, []),
        nested(4, []),
        chained(6, []),
        unpacked_only(1, "x"),
        methods(Thing()),
        ranges(3),
        slices(1, list(range(8))),
        in_loop(5),
    ]
for result in results:
    print(result)
