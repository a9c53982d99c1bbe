# corpus: compiled=overwrite
class Noisy:
    def __init__(self, name, target):
        self.name, self.target = name, target

    def __del__(self):
        print("del", self.name, len(self.target))


def overwrite(a, n):
    for i in range(n):
        a[i % len(a)] = i
    return a


a = [0, 0, 0]
overwrite(a, 300)
a[1] = Noisy("one", a)
a[2] = Noisy("two", a)
print(overwrite(a, 3))


class Clearer:
    def __init__(self, target):
        self.target = target

    def __del__(self):
        self.target.clear()


b = [0] * 5
b[2] = Clearer(b)
try:
    overwrite(b, 5)
except (IndexError, ZeroDivisionError) as error:
    print(type(error).__name__, error, b)
