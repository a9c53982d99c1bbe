# corpus:
class Self:
    def __init__(self, n):
        self.data = list(range(n))
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= len(self.data):
            raise StopIteration
        self.data = self.data[:-1] if self.i % 3 == 2 else self.data + [self.i]
        if self.i == 20:
            Self.__next__ = lambda s: (_ for _ in ()).throw(StopIteration)
        self.i += 1
        return len(self.data)


def run(n):
    return [x for x in Self(n)]


original = Self.__next__
for _ in range(20):
    run(3) if False else [x for x in range(4)]
for n in (0, 1, 5):
    Self.__next__ = original
    print(run(n))
