# corpus: compiled=two,tail
class It:
    def __init__(self, n, fail_at):
        self.n, self.fail_at = n, fail_at

    def __iter__(self):
        for i in range(self.n):
            if i == self.fail_at:
                raise LookupError(i)
            taken.append(i)
            yield i


def two(x):
    a, b = x
    return a + b


def tail(x):
    a, *rest = x
    return rest


taken = []
for i in range(150):
    two((i, 1)), tail([1, 2])
for n, fail_at in ((2, 9), (3, 9), (3, 2), (5, 1), (1, 9), (0, 9), (4, 3)):
    for f in (two, tail):
        taken.clear()
        try:
            print(n, fail_at, f.__name__, f(It(n, fail_at)), taken)
        except (ValueError, LookupError) as error:
            print(n, fail_at, f.__name__, repr(error), taken)
