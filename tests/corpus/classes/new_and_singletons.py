# corpus: compiled=run
class One:
    instance = None
    made = 0

    def __new__(cls, *args):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance

    def __init__(self, k):
        type(self).made += 1
        self.k = k


class NotMine:
    def __new__(cls, k):
        return [k]

    def __init__(self, k):
        raise RuntimeError("not called")


def run(n):
    a = One(-1)
    for i in range(n):
        b = One(i)
        c = NotMine(i)
    return a is b, b.k, One.made, c


print(run(3), run(200))
One.__init__ = lambda self, k: None
print(run(5))
