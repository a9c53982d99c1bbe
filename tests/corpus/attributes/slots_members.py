# corpus: compiled=run
class S:
    __slots__ = ("a", "b", "_c")

    def __init__(self, a):
        self.a = a
        self.b = 0


def run(s, n):
    for i in range(n):
        s.b += s.a
        s.a = i
    return s.b


for _ in range(40):
    run(S(1), 5)
s = S(2.5)
print(run(s, 100), s.a)
try:
    s._c
except AttributeError as error:
    print(error)
try:
    s.zzz = 1
except AttributeError as error:
    print(error)
del s.b
try:
    run(s, 3)
except AttributeError as error:
    print(error, s.a)
try:
    del s.b
except AttributeError as error:
    print(error)
