# corpus: compiled=first,last,middle,several,everything
# `a, *b = …` of lists, tuples and other things of all lengths.
def first(items):
    a, *rest = items
    return a, rest


def last(items):
    *rest, z = items
    return rest, z


def middle(items):
    a, *rest, z = items
    rest.append(a)
    return rest, z


def several(items):
    a, b, *rest, y, z = items
    return b, rest, y


def everything(items):
    *rest, = items
    return rest, rest is items


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []
for n in range(300):
    items = list(range(n % 7 + 4))
    assert first(items) == (0, items[1:]) and first(tuple(items)) == (0, items[1:])
    assert last(items) == (items[:-1], items[-1]) and middle(items) == (items[1:-1] + [0], items[-1])
    assert several(items) == (1, items[2:-2], items[-2]) and several(tuple(items)) == (1, items[2:-2], items[-2])
    assert everything(items) == (items, False)
for function in first, last, middle, several, everything:
    for short in [], (), [1], (1,), [1, 2, 3], range(2), {5: 6}, 'ab', iter([1, 2]), 7:
        try:
            print(function.__name__, function(short))
        except (TypeError, ValueError) as error:
            print(function.__name__, error)


def dropped(n):
    a, *rest = [Loud(f'{n}a'), Loud(f'{n}b'), Loud(f'{n}c')]
    del a
    log.append('then')
    rest = None
    log.append('end')


for n in range(40):
    log.clear()
    dropped(n)
print(log)
