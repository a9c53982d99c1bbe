# corpus: compiled=double
# The first code that is compiled runs with no builtins, as constructors of named tuples do: the check of native code needs some of its own.
space = {"__builtins__": {}}
exec("def double(x):\n    return x + x\n", space)
double = space["double"]
total = 0
for i in range(300):
    total += double(i)
print(total)

import collections

Point = collections.namedtuple("Point", "x y")
print(sum(Point(i, double(i)).y for i in range(300)))
print(Point.__new__.__builtins__)
