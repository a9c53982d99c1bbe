# corpus: compiled=f
import types


def f(n):
    t = 0
    for i in range(n):
        t += YEAR + len("x")
    return t


def mylen(x):
    return 500


one = types.FunctionType(f.__code__, {"YEAR": 1, "__builtins__": __builtins__})
two = types.FunctionType(f.__code__, {"YEAR": 2, "len": mylen})
three = types.FunctionType(f.__code__, {"YEAR": 3, "__builtins__": {"len": lambda x: 7, "range": range}})
four = types.FunctionType(f.__code__, {"__builtins__": {"range": range}})
for _ in range(60):
    one(10)
print(one(100), two(100), three(100))
for _ in range(60):
    two(10), three(5)
print(one(3), two(3), three(3))
try:
    four(3)
except NameError as error:
    print(error)
one.__globals__["YEAR"] = 1000
print(one(3), two(3))
