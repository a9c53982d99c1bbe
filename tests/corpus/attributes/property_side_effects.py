# corpus: compiled=drain
class Box:
    def __init__(self, n):
        self._n = n
        self.log = []

    @property
    def n(self):
        self.log.append(("get", self._n))
        return self._n

    @n.setter
    def n(self, value):
        self.log.append(("set", value))
        self._n = value if value != 3 else 1

    @n.deleter
    def n(self):
        self.log.append("del")


def drain(box):
    while box.n > 0:
        box.n -= 1
    return box


for _ in range(60):
    drain(Box(2))
b = drain(Box(5))
print(b.log)
del b.n
print(b.log[-1])


class ReadOnly:
    n = property(lambda self: 4)


try:
    drain(ReadOnly())
except AttributeError as error:
    print(error)
