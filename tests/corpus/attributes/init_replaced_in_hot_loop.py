# corpus: compiled=make
class P:
    def __init__(self, x, y=2):
        self.x = x
        self.y = y


def make(n):
    t = 0
    for i in range(n):
        p = P(i)
        t += p.x + p.y
        if i == 100:
            P.__init__ = lambda self, x: self.__dict__.update(x=1, y=1000)
        if i == 150:
            del P.__init__
            P.__new__ = staticmethod(lambda cls, x: [object.__new__(cls), setattr(cls, "x", 3), setattr(cls, "y", 4)][0])
    return t


for _ in range(10):
    make(50)
print(make(90))
print(make(200))
