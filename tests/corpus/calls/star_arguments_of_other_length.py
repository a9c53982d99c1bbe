# corpus: compiled=two,three,mixed
# A wrapper is inlined into callers that give it other numbers of arguments than it got before: what it hands on is known there.


def wrapped(function):
    def helper(*args, **kwds):
        return Holder(function, args, kwds)

    return helper


class Holder:
    def __init__(self, function, args, kwds):
        self.function = function
        self.value = function(*args, **kwds)


@wrapped
def pair(a, b=7):
    return a, b


@wrapped
def triple(a, b, c=1):
    return a + b + c


def two(n):
    got = []
    for i in range(n):
        got.append(pair(i, "b").value)
    return got[-1]


def three(n):
    total = 0
    for i in range(n):
        total += triple(i, 2, 3).value
    return total


def mixed(n):
    total = 0
    for i in range(n):
        total += triple(i, 2).value if i % 3 else pair(i).value[1]
        total += triple(i, 2, c=i).value
    return total


for turn in range(40):
    print(two(20))
for turn in range(40):
    print(three(20), mixed(20))
try:
    print(triple("a", 1, 2))
except TypeError as error:
    print(error)
