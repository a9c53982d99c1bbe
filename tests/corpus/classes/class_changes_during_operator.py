# corpus: compiled=loop
class Num:
    def __init__(self, v):
        self.v = v

    def __add__(self, o):
        if self.v == 120:
            self.__class__ = Loud
        return type(self)(self.v + o)

    def __bool__(self):
        return self.v < 150

    def get(self):
        return 1


class Loud(Num):
    def __add__(self, o):
        return Loud(self.v + 2 * o)

    def __bool__(self):
        Num.__bool__ = lambda self: self.v < 10
        return self.v < 140

    def get(self):
        return 1000


def loop(x):
    got = 0
    while x:
        got += x.get()
        x = x + 1
        if x.v > 400:
            break
    return got, x.v, type(x).__name__


print(loop(Num(0)))
print(loop(Num(0)))
