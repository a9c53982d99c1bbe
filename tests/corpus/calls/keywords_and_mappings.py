# corpus: compiled=keyed,between,forward,merged,wrapper,built,changing,twice,unknown,chained
# Calls with keywords and `**mapping`: `f(*args, key=1)`, `f(key=1, **kwargs)`.
import collections
import sys

log = []


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def box(a, b=2, *, key=0, other=None):
    return a, b, key, other


def rest(*args, **kwargs):
    kwargs["more"] = len(args)
    return args, kwargs


class Shape:
    def __init__(self, x, y=3, **extra):
        self.x, self.y, self.extra = x, y, extra


class Square(Shape):
    def __init__(self, x, *args, **kwargs):
        super().__init__(x, *args, side=x, **kwargs)


def keyed(n):
    found = []
    pair = (1, 2)
    for i in range(n):
        found = [box(*pair, key=i), box(*pair[:1], other=i, key=i + 1), rest(*pair, z=i, a=pair), Shape(*pair, w=i).extra]
    return found


def wrapper(i, **kwargs):
    return box(i, key=i * 2, **kwargs)


def merged(n, kwargs):
    found = []
    for i in range(n):
        found = [wrapper(i, **kwargs), rest(i, q=i, **kwargs), box(i, other=Dies(i), **kwargs)]
        found[2] = None
    return found


def built(n):
    made = 0
    for i in range(n):
        square = Square(i)
        made += square.x + square.y + square.extra["side"]
        square = Square(i, i + 1, name=i)
        made += square.y + len(square.extra)
    return made


def changing(n):
    kwargs = {}
    found = collections.Counter()
    for i in range(n):
        if i > n - 5:
            kwargs["b"] = i
        found[box(1, key=i, **kwargs)] += 1
        found[len(rest(key=i, **kwargs)[1])] += 1
    return found[6, 2], sorted(map(str, found))[-6:]


def twice(n, kwargs):
    errors = []
    for i in range(n):
        try:
            box(1, key=i, **kwargs)
        except TypeError as error:
            errors.append(str(error))
    return collections.Counter(errors)


class Odd:
    def keys(self):
        log.append("keys")
        return ["other"]

    def __getitem__(self, key):
        log.append(sys._getframe(1).f_code.co_name)
        return key * 2


class Sub(dict):
    def __getitem__(self, key):
        return "never"


def unknown(n, mapping):
    found = None
    for i in range(n):
        found = box(i, key=Dies(i), **mapping)[3]
    return found


def effect(i):
    if i % 7 == 3:
        raise KeyError(i)
    return sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno + i


def forward(i, *args, **kwargs):
    return box(i, *args, key=effect(i), **kwargs)


def between(n):
    found = collections.Counter()
    for i in range(n):
        few = (i,) if i < n - 6 else (i, i)
        try:
            found[forward(i, *few[1:])[2] - i] += 1
            found[str(forward(i, *few[1:], other=Dies(i))[1])] += 1
            found[forward(*few)[3]] += 1
        except (KeyError, TypeError) as error:
            found[type(error).__name__, error.__traceback__.tb_next.tb_next is None] += 1
    return found, log[-2:]


def inner(**kwargs):
    return rest(a=1, **kwargs)


def chained(n):
    found = None
    for i in range(n):
        found = inner(b=i, c=2), inner(), inner(**{"b": i})
    return found


for turns in (3, 300):
    print(keyed(turns))
    print(merged(turns, {}))
    print(merged(turns, {"other": 1}) if turns < 0 else log[-3:])
    print(built(turns))
    print(changing(turns))
    print(twice(turns, {}), twice(turns, {"key": 1}), twice(turns, {"wrong": 1}), twice(turns, {1: 2}))
    print(unknown(turns, {}), unknown(turns, {"other": 5}), unknown(turns, Sub(other=7)), log[-3:])
    print(unknown(turns, Odd()), log[-4:])
    print(between(turns))
    print(chained(turns), list(inner(z=1, y=2)[1]))
    for mapping in ({"b": 1}, {"other": 2}):
        try:
            print(merged(turns, mapping))
        except TypeError as error:
            print(error, error.__traceback__.tb_next.tb_lineno)
    log.clear()
