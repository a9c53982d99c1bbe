# corpus: compiled=fetch
class Plain:
    def __init__(self, v):
        self.v = v

    def __index__(self):
        return self.v


class Other(Plain):
    def __index__(self):
        return self.v + 1


class Shifty(Plain):
    def __index__(self):
        self.__class__ = Other
        return self.v


def fetch(seq, i):
    return seq[i]


data = list(range(50))
for i in range(200):
    fetch(data, i % 50)
s = Shifty(3)
print([fetch(data, s) for _ in range(4)], type(s).__name__)
print(fetch(data, Plain(-1)), fetch(data, True))
try:
    fetch(data, Plain(50))
except IndexError as error:
    print(error)
