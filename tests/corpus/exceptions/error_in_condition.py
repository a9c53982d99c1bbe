# corpus: compiled=loop
class Truth:
    def __init__(self, n):
        self.n = n

    def __bool__(self):
        self.n -= 1
        if self.n == -2:
            raise ValueError("bool")
        return self.n > 0


class Length:
    def __len__(self):
        return self.n


def loop(x):
    n = 0
    while x:
        n += 1
        if n > 500:
            break
    return n


for _ in range(20):
    loop(Truth(30))
t = Truth(150)
print(loop(t), t.n, loop(t.n), loop(False), loop([]), loop("x"))
try:
    loop(t)
    loop(t)
except ValueError as error:
    print(error)
obj = Length()
for n in (0, 3, -1, 2**70, "s"):
    obj.n = n
    try:
        print(loop(obj))
    except (ValueError, OverflowError, TypeError) as error:
        print(type(error).__name__, error)
