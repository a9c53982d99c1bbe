# corpus: compiled=sequences,mappings,classes
import collections
from array import array
from collections import abc


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Single:
    __match_args__ = "x"


class Slippery:
    __match_args__ = ("a", "b")

    @property
    def a(self):
        raise LookupError("a")


@abc.Sequence.register
class Sequence:
    def __init__(self, *items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


class Later:
    def __len__(self):
        return 1

    def __getitem__(self, index):
        return ["later"][index]


class BadLength(Sequence):
    def __len__(self):
        return -1


@abc.Mapping.register
class Mapping:
    def get(self, key, default=None):
        return {"k": 5}.get(key, default)


def sequences(x):
    match x:
        case []:
            return "empty"
        case [1, a]:
            return "one", a
        case [a, *rest, 9]:
            return a, rest
        case [a, b]:
            return b, a
    return "none"


def mappings(x):
    match x:
        case {"k": v, "l": w, **rest}:
            return v, w, rest
        case {"k": v}:
            return v
        case {}:
            return "some"
    return "none"


def classes(x):
    match x:
        case Point(1, y=b):
            return "one", b
        case Point(x=a):
            return a
        case int() | float():
            return "number"
        case Slippery(b=b):
            return b
        case str(s):
            return s
        case Slippery(a, b):
            return a
        case Single(a):
            return a
    return "none"


def outcome(function, argument):
    try:
        return function(argument)
    except Exception as error:
        return type(error).__name__, str(error)


later = Later()
for _ in range(300):
    a = [outcome(sequences, x) for x in (
        [], (1, 2), [5, 6, 7, 9], range(2), "ab", b"ab", bytearray(b"ab"), {1: 2}, {1, 2}, 5, None, array("b", [1, 4]),
        Sequence(3, 4), later, BadLength(), collections.deque([1, 3]), memoryview(b"ab"), iter([1]),
    )]
    b = [outcome(mappings, x) for x in (
        {}, {"k": 1}, {"k": 1, "l": 2, "m": 3}, collections.OrderedDict(k=3), Mapping(), [("k", 1)], 5,
        collections.defaultdict(int),
    )]
    c = [outcome(classes, x) for x in (Point(1, 2), Point(3, 4), 5, 2.5, "text", Slippery(), Single(), None)]
print(a)
print(b)
print(c)
abc.Sequence.register(Later)
print([sequences(later) for _ in range(3)])
