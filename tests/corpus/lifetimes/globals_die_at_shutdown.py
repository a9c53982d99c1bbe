# corpus: compiled=work
# What a module refers to is destroyed when the interpreter shuts down, also where compiled code knows classes of that module.


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(self.name, "dies")


class Point:
    def __init__(self, x):
        self.x = x

    @property
    def double(self):
        return 2 * self.x


class Third(Point):
    @property
    def double(self):
        return super().double + 1


def work(n):
    total = 0
    for i in range(n):
        total += Point(i).double + Third(i).double
    return total


kept = Loud("kept")
print(sum(work(n) for n in range(60)))
