# corpus: compiled=total
class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration("done")
        self.n -= 1
        return self.n


class OldStyle:
    def __getitem__(self, i):
        if i == 5:
            raise IndexError
        return i * 2


def total(it):
    t = 0
    for x in it:
        t += x
    return t


for _ in range(100):
    total([1, 2, 3])
print(total(Countdown(10)), total(OldStyle()), total(iter(lambda c=iter([3, 2, 0]): next(c), 0)))
print(total(map(int, "123")), total(filter(None, [0, 1, 2])), total(reversed([1, 2])), total({1: 2, 3: 4}.values()))
for bad in (5, None):
    try:
        total(bad)
    except TypeError as error:
        print(error)


class BadNext:
    def __iter__(self):
        return 5


try:
    total(BadNext())
except TypeError as error:
    print(error)
