# corpus: compiled=run
def outer():
    k = 1

    def inner(x):
        return x + k

    return inner


def run(f, n):
    t = 0
    for i in range(n):
        t += f(i)
        if i == 50:
            f.__closure__[0].cell_contents = 1000
        if i == 70:
            f.__closure__[0].cell_contents = 0.5
    return t


for _ in range(10):
    run(outer(), 40)
f = outer()
print(run(f, 100), f(1))
del f.__closure__[0].cell_contents
try:
    f(1)
except NameError as error:
    print(error)
