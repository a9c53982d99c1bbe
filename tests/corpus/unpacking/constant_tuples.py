# corpus: compiled=fib,swapped
# Variables that are set from a constant tuple hold its very items.
PAIR = (10**20, "text")


def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def swapped(n):
    x, y = PAIR
    same = x is PAIR[0] and y is PAIR[1]
    for i in range(n):
        c, d, e = 2.5, None, "s"
        x, y = y, x
    return x, y, same, c, d, e


print([fib(n) for n in range(0, 130, 7)])
print([swapped(n) for n in (40, 41)])
PAIR = [1, 2]
print(swapped(3)[:2])
PAIR = (1, 2, 3)
try:
    swapped(3)
except ValueError as error:
    print(error)
