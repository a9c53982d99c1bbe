# corpus: compiled=f exit=1 stderr
def f(n):
    if n == 0:
        raise ValueError("bottom")
    return f(n - 1) + 1


def g(n):
    return h(n)


def h(n):
    return g(n - 1) if n else f(3)


for _ in range(50):
    try:
        f(5)
    except ValueError:
        pass
f.__name__ = "renamed"
g(10)
