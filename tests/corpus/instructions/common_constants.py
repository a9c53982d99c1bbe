# corpus: compiled=each,some,gathered,asserted
import builtins


def each(n):
    return all(i >= 0 for i in range(n))


def some(n):
    return any(i == 3 for i in range(n))


def gathered(n):
    return tuple(i * 2 for i in range(n))


def asserted(x):
    assert x > 0, ("bad", x)
    return x


for i in range(400):
    results = each(i % 5), some(i % 7), gathered(i % 4), asserted(i + 1)
print(results)
original = all, any, tuple, AssertionError
all = lambda iterable: "patched"
print(each(3))
del all
builtins.any = lambda iterable: "patched too"
print(some(9))
builtins.any = original[1]
tuple = list
print(gathered(3))
del tuple
builtins.AssertionError = KeyError
for i in range(300):
    try:
        asserted(-1)
    except original[3] as error:
        message = type(error) is original[3], error.args
print(message)
