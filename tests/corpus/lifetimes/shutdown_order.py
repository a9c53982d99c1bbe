# corpus: compiled=work
import atexit
import sys


class T:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, work(3) if work is not None else None)


def work(n):
    t = 0
    for i in range(n):
        t += i
    return t


for _ in range(100):
    work(5)
keep = T("module global")
sys.kept = T("on sys")
atexit.register(lambda: print("atexit", work(10)))
print("end of module")
