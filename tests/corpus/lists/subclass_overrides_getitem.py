# corpus: compiled=total,loop
class Twice(list):
    def __getitem__(self, i):
        return list.__getitem__(self, i) * 2

    def __len__(self):
        return 2


class Iter(list):
    def __iter__(self):
        return iter("xy")


def total(a):
    t = 0
    for i in range(len(a)):
        t += a[i]
    return t


def loop(a):
    return [x for x in a]


for _ in range(100):
    total([1, 2, 3]), loop([1])
print(total([1, 2, 3]), total(Twice([1, 2, 3])), loop(Iter([1])), loop(Twice([5, 6, 7])))
