# corpus: compiled=fib,ack,is_even
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def ack(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ack(m - 1, 1)
    return ack(m - 1, ack(m, n - 1))


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


print(fib(15), ack(2, 6), is_even(300), is_odd(301))
print(fib(5.0), fib(True), is_even(0))
try:
    fib("x")
except TypeError as error:
    print(error)
