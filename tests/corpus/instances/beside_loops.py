# corpus: compiled=methods,pairs
# Instances that are not built, and methods of such, on the stack while a call takes the items of a generator.
class One:
    def __init__(self, x, y=(None, None)):
        self.x = x
        self.y = y

    def method(self):
        return self.x


def methods(items):
    return One(1).method, One(2, (2**63, -1)), tuple(w for w in items)


def pairs(items, flag):
    first = One(len(items))
    kept = first.method if flag else None
    return (kept, One(3, first), sum(w for w in items), [One(w).x for w in items], first.method)


for _ in range(80):
    made = methods([2**63, 1])
    assert made[0]() == 1 and made[1].y == (2**63, -1) and made[2] == (2**63, 1)
    kept, one, total, values, method = pairs([1, 2, 3], _ % 2)
    assert one.y is method.__self__ and total == 6 and values == [1, 2, 3] and method() == 3
    assert kept is None or kept.__self__ is one.y
print(made[2], kept is None, total)
