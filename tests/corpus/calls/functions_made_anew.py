# corpus: compiled=outer.<locals>.twice,outer.<locals>.add
# Nested functions: the same code again and again in new functions, with other closures, globals, defaults and code.
import types


def outer(n, k):
    total = 0

    def add(x, factor=2):
        nonlocal total
        total += x * k * factor

    def twice(x):
        add(x, 1)
        add(x + 1)

    for i in range(n):
        twice(i)
    return total


def caller(f, x):
    return f(x)


def make(n):
    def inner(x):
        return x + n + shift

    return inner


shift = 1
for i in range(300):
    outer(3, i)
    caller(make(i), 1)
print(outer(4, 5), caller(make(10), 1))
shift = 100
print(caller(make(10), 1))
elsewhere = types.FunctionType(make(1).__code__, {"shift": 1000, "__builtins__": __builtins__}, "elsewhere", (5,), make(7).__closure__)
print(caller(elsewhere, 1), elsewhere())
changed = make(3)
changed.__code__ = (lambda n: (lambda x: x * n))(0).__code__
print(caller(changed, 4))
changed.__closure__[0].cell_contents = 6
print(caller(changed, 4))


class Method:
    def __init__(self, f):
        self.f = types.MethodType(f, 5)

    def run(self):
        return self.f()


for i in range(300):
    Method(make(i)).run()
print(Method(make(2)).run(), Method(elsewhere).run())
for bad in (make, len, None, print):
    try:
        print(caller(bad, 1) is None)
    except TypeError as error:
        print(error)
empty = make(1)
try:
    del empty.__closure__[0].cell_contents
    caller(empty, 1)
except NameError as error:
    print(error)
