# corpus: compiled=run
def f(x):
    return x + 1


def g(x):
    return x * 100


def run(n):
    t = 0
    for i in range(n):
        t += f(i)
        if i == 60:
            f.__code__ = g.__code__
        if i == 80:
            f.__code__ = (lambda x, y=0: -x).__code__
            f.__defaults__ = (0,)
    return t


original = f.__code__
for _ in range(5):
    run(50)
print(run(60))
print(run(100))
f.__code__ = original
f.__defaults__ = None
print(run(50))


def closure_free():
    y = 1
    return lambda: y


try:
    f.__code__ = closure_free().__code__
except ValueError as error:
    print(error)
