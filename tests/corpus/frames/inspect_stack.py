# corpus: compiled=a,b
import inspect


def a(n):
    for i in range(n):
        r = b(i)
    return r


def b(i):
    if i == 120:
        return [(s.function, s.lineno, s.code_context[0].strip() if s.code_context else None, s.positions)
                for s in inspect.stack()[:2]]
    return i


a(60)
for row in a(121):
    print(row)
print(inspect.getargvalues(inspect.currentframe())[0])


def names():
    return inspect.currentframe().f_code.co_varnames, inspect.signature(a)


for _ in range(50):
    names()
print(*names())
