# corpus: compiled=work
import sys


class T:
    def __add__(self, o):
        return self

    def __getitem__(self, i):
        return self

    def __eq__(self, o):
        return True

    def m(self, *a):
        return self


def work(t, n):
    d = {"k": t}
    for i in range(n):
        a = t + t
        b = [a, t][0]
        c = d["k"]
        e = t[i]
        f = t == c
        g = t.m(t)
        h = t.m
        (x, y) = (t, a)
        z = t if f else None
        w = f"{i}" or t
    return sys.getrefcount(t)


t = T()
one = work(t, 1)
print(work(t, 400) - one, work(t, 2) - one)
before = sys.getrefcount(t)
work(t, 400)
print(sys.getrefcount(t) - before)
