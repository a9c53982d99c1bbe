# corpus: compiled=run stderr
import sys


class T:
    def __del__(self):
        raise ValueError("in del")


def run(n):
    t = 0
    for i in range(n):
        x = T() if i == 90 else i
        t += i
    return t


print(run(100))
sys.unraisablehook = lambda u: print("hook", u.exc_type.__name__, u.exc_value, getattr(u.object, "__name__", None))
print(run(100))
sys.unraisablehook = sys.__unraisablehook__
