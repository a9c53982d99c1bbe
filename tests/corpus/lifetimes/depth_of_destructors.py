# corpus: compiled=replace,overwrite,make,outer
# A destructor that runs while native code is left, or goes on, has as many calls left as it would have interpreted.
import sys

sys.setrecursionlimit(150)
depths = []


def deeper(n):
    return deeper(n + 1)


class Noisy:
    def __del__(self):
        try:
            deeper(0)
        except RecursionError as error:
            depth, step = 0, error.__traceback__
            while step is not None:
                depth, step = depth + 1, step.tb_next
            depths.append(depth)


def overwrite(a, n):
    for i in range(n):
        a[1] = i
        a[0] = Noisy() if i % 7 == 3 else None


def make(n):
    x = Noisy()
    x = n
    return x


def outer(n):
    return make(n) + 1


def replace(a, n):
    for i in range(n):
        a[1] = i


a = [0, 0]
replace(a, 40)
a[1] = Noisy()
replace(a, 3)
a[1] = Noisy()
replace(a, 3)
print(depths)
depths.clear()
for turn in range(40):
    overwrite(a, 10)
    a[1] = Noisy()
    overwrite(a, 2)
print(sorted(set(depths)), len(depths))
depths.clear()
for turn in range(100):
    make(turn)
    outer(turn)
print(sorted(set(depths)), len(depths))
