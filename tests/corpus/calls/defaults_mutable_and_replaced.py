# corpus: compiled=run,f
def f(x, acc=[], k=1):
    acc.append(x * k)
    return len(acc)


def run(n):
    t = 0
    for i in range(n):
        t += f(i)
        if i == 100:
            f.__defaults__ = ([0] * 50, 2)
        if i == 150:
            f.__defaults__ = ([7],) * 2
    return t


print(run(50), run(99))
try:
    print(run(200))
except TypeError as error:
    print(error)
f.__defaults__ = None
try:
    run(1)
except TypeError as error:
    print(error)


def g(*, k=1):
    return k


def loop(n):
    t = 0
    for i in range(n):
        t += g()
        if i == 80:
            g.__kwdefaults__["k"] = 10
        if i == 90:
            g.__kwdefaults__ = {"k": 100}
    return t


print(loop(100))
