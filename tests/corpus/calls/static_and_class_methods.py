# corpus: compiled=run
class A:
    made = 0

    @staticmethod
    def twice(x):
        return 2 * x

    @classmethod
    def make(cls):
        cls.made += 1
        return cls()


class B(A):
    pass


def run(n):
    t = 0
    for i in range(n):
        t += A.twice(i) + B().twice(1)
        a = B.make() if i % 2 else A.make()
        t += isinstance(a, B)
        t += len(type(a).__name__)
    return t, A.made, B.made


print(run(10), run(150))
