# corpus: compiled=twice
# Two variables of a generator expression hold the last references to one object: it ends where the second one is assigned.
import sys


class Noisy:
    def __init__(self, name, size=1):
        self.name = name
        self.size = size

    def __del__(self):
        if self.name != "quiet":
            print("del", self.name, sys._getframe(1).f_code.co_name)


def twice(pairs):
    total = 0
    for n in (a.size + b.size for a, b in pairs):
        pairs[total] = None
        total += 1
    return total


quiet = [Noisy("quiet") for _ in range(3)]
for _ in range(200):
    twice([(quiet[0], quiet[1]), (quiet[2], quiet[2])])
for name in "ab":
    print(twice([(noisy, noisy) for noisy in [Noisy(name)]] + [(quiet[0], quiet[1])]))
print(twice([(Noisy(name), Noisy(name * 2)) for name in "cd"]))
