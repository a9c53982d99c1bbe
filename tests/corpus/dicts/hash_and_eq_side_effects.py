# corpus: compiled=look
class Key:
    def __init__(self, n, owner):
        self.n, self.owner = n, owner

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if self.owner is not None and len(self.owner) < 6:
            self.owner[len(self.owner) + 100] = "added by eq"
        return isinstance(other, Key) and self.n == other.n


def look(d, k):
    try:
        return d[k]
    except KeyError:
        return "absent"


for i in range(100):
    look({1: 2, 2: 3}, i % 4)
d = {}
d[Key(1, None)] = "one"
d[Key(2, None)] = "two"
print(look(d, Key(1, d)), look(d, Key(2, d)), look(d, Key(3, d)), len(d), sorted(k for k in d if isinstance(k, int)))


class BadHash:
    def __hash__(self):
        raise ValueError("hash")


try:
    look(d, BadHash())
except ValueError as error:
    print(error)
