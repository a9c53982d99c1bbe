# corpus: compiled=fib,tak no-exit=fib,tak
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def tak(x, y, z):
    if y >= x:
        return z
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


print([fib(n) for n in range(16)], tak(7, 4, 1), tak(8, 5, 2))
