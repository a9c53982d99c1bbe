# corpus: compiled=defaults,seen,classes,methods,wrong,odd_keys,copies,counts,nested,lengths
# Calls with `**mapping` of a real dict, and with arguments whose number was only seen.
import collections
import functools

log = []


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def make(width=1, height=2, color="red"):
    return width * height + len(color)


def keyword_only(a, *, k, z):
    return a + k * z


def positional(a, b=3, /, c=4):
    return a * b + c


def total(*xs):
    return len(xs) + xs[0]


def rest(first, *others, last=5):
    return first, others, last


def takes_all(**kw):
    kw["more"] = len(kw)
    return kw


class Shape:
    def __init__(self, x, y=3):
        self.x = x
        self.y = y

    def area(self, k=1):
        return self.x * self.y * k


def defaults(n):
    some, none, all_of_them = {"width": 3, "color": "blue"}, {}, {"color": "c", "height": 7, "width": 2}
    found = 0
    for i in range(n):
        found += make(**some) + make(i, **none) + make(**all_of_them) + make(i, **{"height": i})
    return found


def only(n):
    entries = {"z": 3, "k": 5}
    return sum(keyword_only(i, **entries) for i in range(n)), [keyword_only(i, **entries) for i in range(3)]


def seen(n):
    few, found = (1, 2, 3), 0
    for i in range(n):
        found += total(i, *few) + total(*few) + make(*few[:2]) + positional(i, *few[:1])
        found += rest(i, *few)[0] + rest(*few, last=i)[2]
    return found


def classes(n):
    rows = [{"x": i, "y": i + 1} for i in range(n)]
    return sum(Shape(**row).y for row in rows), [Shape(i, **{}).y for i in range(3)]


def methods(n):
    area, found, entries = Shape(2).area, 0, {"k": 4}
    for i in range(n):
        found += area(**entries) + area(*(i,)) + Shape(i).area(**entries)
        if i == n - 5:
            area = Shape(7, 1).area
    return found


def wrong(n):
    out = []
    for i in range(n):
        entries = {"width": i}
        left = n - i
        if left < 7:
            entries = [{"widt": 1}, {"width": 1, "x": 2}, {1: 2}, {"width": 2}, {"height": None}, {"color": 5}][left - 1]
        try:
            out.append(make(**entries))
        except TypeError as error:
            out.append(str(error))
        try:
            out.append(make(i, **entries))
        except TypeError as error:
            out.append(str(error))
    return out[-14:], len(out)


class Loud(str):
    def __eq__(self, other):
        print("compared", str(self), "and", str(other))
        return str(self) == other

    __hash__ = str.__hash__


def odd_keys(n):
    entries, found = {"width": 1}, 0
    for i in range(n):
        found += make(**entries)
        if i == n - 3:
            entries = {Loud("width"): 5}
    return found


def copies(n):
    entries = {"a": 1}
    got = None
    for i in range(n):
        got = takes_all(**entries)
        mine = dict(**entries)
        mine["b"] = 2
        ordered = collections.OrderedDict(**entries)
        ordered["c"] = 3
        kept = functools.partial(make, **entries)
        kept.keywords["width"] = i
    return entries, got, mine, kept.keywords, len(ordered)


def drops(a, b=None):
    del a
    return b


def counts(n):
    for i in range(n):
        drops(**{"a": Dies(i)})
        drops(Dies(-i), **{})
        drops(*[Dies(i / 2)])
    return log[-5:], len(log)


def forwards(*args, **kwargs):
    return make(*args, **kwargs)


def mapped(n):
    found = sum(map(forwards, range(n)))
    return found, [forwards(1, color="x"), forwards(height=3), forwards()]


def decorate(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def nested(n):
    def inner(a, b=4):
        return a - b

    wrapped = decorate(inner)
    found = 0
    for i in range(n):
        found += wrapped(i) + wrapped(i, b=2) + wrapped(i, 1)
        if i == n - 4:
            inner.__defaults__ = (100,)
    return found


def lengths(n):
    found = []
    for i in range(n):
        items = tuple(range(1, 4 if i < n - 3 else i % 3 + 2))
        entries = {} if i < n - 2 else {"last": i}
        found.append(rest(*items, **entries))
    return found[-4:], len(found)


print(defaults(60), only(60), seen(60), classes(60), methods(60))
print(wrong(60))
print(odd_keys(60))
print(copies(60), counts(60))
print(mapped(60), nested(60), lengths(60))
