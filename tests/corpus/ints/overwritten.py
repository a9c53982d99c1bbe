# corpus: compiled=Counter.add,Slotted.add,bump,shared
# Ints that only an attribute or a list refers to are overwritten; those that somebody else holds, small ones and those of several digits are not.
class Counter:
    def __init__(self, n):
        self.n = n

    def add(self, k):
        self.n += k
        return self


class Slotted:
    __slots__ = ("n",)

    def __init__(self, n):
        self.n = n

    def add(self, k):
        self.n += k
        return self


class MyInt(int):
    pass


def bump(numbers, i, k):
    numbers[i] += k


def shared(counter, k):
    before = counter.n
    counter.n += k
    kept = [counter.n, before]
    counter.n += k
    return kept, counter.n


for n in range(100):
    Counter(1000).add(1), Slotted(1000).add(1), bump([1000, 2000], 1, n), shared(Counter(5000), n)
STEPS = [1, 300, -300, 2**30, -(2**30), 2**30 - 1, -1, 1, 2**31, -(2**31), 2**59, -(2**59), 256, -256, -5, -1, 6, -1000, 994, 10**6, 10**9, 10**9]
counter, slotted, numbers = Counter(0), Slotted(0), [0, 7]
for k in STEPS * 3:
    counter.add(k), slotted.add(k), bump(numbers, 0, k)
    print(counter.n, slotted.n, numbers, end=" ")
print()
# Others keep what they hold.
counter = Counter(10**6)
alias, key, box = counter.n, {counter.n: "key"}, [counter.n]
for k in range(50):
    counter.add(k + 1)
print(alias, key, box, counter.n, shared(counter, 7))
# What was there may be anything.
for first in (True, None, 2.5, MyInt(10**6), "text", 2**80, 0):
    for thing in (Counter(first), Slotted(first)):
        try:
            thing.add(10**6).add(1)
        except TypeError as error:
            print(error)
        print(type(thing.n).__name__, thing.n)
    numbers = [first, first]
    try:
        bump(numbers, 0, 12345)
    except TypeError as error:
        print(error)
    print(numbers)
for _ in range(3):
    del counter.n
    counter.n = 70000
    print(counter.add(1).add(1).n)
