# corpus: compiled=f
import sys

kept = []


def grab():
    f = sys._getframe(1)
    kept.append((f, f.f_locals))


def f(n):
    a = 1
    b = 2.5
    for i in range(n):
        a += i
        if i == 120:
            grab()
        b = b + 0.5
        if i == 130:
            kept[-1][1]["b"] = -100.0
    return a, b


f(60)
print(f(200))
frame, mapping = kept[0]
print(sorted(mapping.items()), frame.f_locals["a"] == mapping["a"])
