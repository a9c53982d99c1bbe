# corpus: compiled=f
import sys

kept = []


def f(x):
    y = [x]
    if x % 100 == 5:
        kept.append(sys._getframe())
    z = x * 2
    return z


for i in range(300):
    f(i)
print([(k.f_locals["x"], k.f_locals["y"], k.f_locals["z"], k.f_lineno, k.f_back is sys._getframe()) for k in kept[:-1]])
frame = kept[-1]
frame.clear()
print(dict(frame.f_locals), frame.f_code.co_name)


class T:
    def __del__(self):
        print("T deleted")


def holds(n):
    t = T()
    for i in range(n):
        pass
    return sys._getframe()


fr = holds(200)
print("held")
fr.clear()
print("cleared")
