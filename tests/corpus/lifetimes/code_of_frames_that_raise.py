# corpus: compiled=divide,item,convert,total,nested
# Exceptions that leave frames pushed by native code keep no reference to their code: sys.getrefcount of code objects stays the same.
import sys


def divide(a):
    b = len(str(a))
    return a // (b - 2)


def item(a):
    b = len(str(a))
    return [1, 2][b]


def convert(a):
    return int(a)


def items(n):
    for i in range(n):
        if i == 5:
            raise ValueError
        yield i


def total(n):
    t = 0
    for x in items(n):
        t += x
    return t


def nested(a):
    return divide(a) + item(a)


def growth(function, fine, bad):
    for _ in range(60):
        function(fine)
    before = sys.getrefcount(function.__code__)
    raised = 0
    for _ in range(60):
        try:
            function(bad)
        except (ZeroDivisionError, IndexError, ValueError):
            raised += 1
    return raised, sys.getrefcount(function.__code__) - before < 20


for function, fine, bad in (divide, 1, 10), (item, 1, 10), (convert, "1", "a"), (total, 3, 9), (nested, 1, 10):
    print(function.__name__, *growth(function, fine, bad))
