# corpus: compiled=last,joined,chosen,twice,inner,from_variable
"""An item is taken from a tuple that is dropped at once: the other items die, the item lives."""
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def last(x):
    return (2.0, [x])[1]


def joined(x):
    return (2.0, [x], [x + 1])[-1] + ([x, x], 1)[0]


def chosen(x, n):
    return ([x], [n])[n & 1]


def twice(x):
    items = [x]
    return (items, items)[0]


def inner(x):
    return (([x], x), x)[0][0]


def from_variable(x):
    pair = ([x], [x, x])
    first = pair[0]
    second = pair[1]
    first.append(pair[1])
    return first, second, pair[0] is first, pair[1] is second


def noisy(n):
    kept = (Noisy(f"a{n}"), Noisy(f"b{n}"))[0]
    log.append("kept " + kept.name)
    return kept


for i in range(300):
    results = [last(i), joined(i), chosen(i, 1), chosen(i, 2), twice(i), inner(i), from_variable(i)]
    noisy(i)
for result in results:
    print(result)
print(log[-6:], len(log))
