# corpus: compiled=f
import types

space = {"k": 1, "__builtins__": __builtins__}
exec("def f(n):\n    t = 0\n    for i in range(n):\n        t += k\n    return t", space)
f = space["f"]
for _ in range(50):
    f(10)
print(f(10))
space |= {"k": 2}
print(f(10))
space.update(k=3)
print(f(10))
space["k"] += 1
print(f(10))
popped = space.pop("k")
try:
    f(10)
except NameError as error:
    print(error)
space.setdefault("k", 5)
print(f(10))
copy = dict(space)
copy["k"] = 100
g = types.FunctionType(f.__code__, copy)
print(f(10), g(10))
space.clear()
try:
    f(10)
except NameError as error:
    print(error)
print(g(10))
