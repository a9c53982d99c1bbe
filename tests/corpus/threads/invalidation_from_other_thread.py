# corpus: compiled=spin
import threading

K = 1
started, changed = threading.Event(), threading.Event()


class C:
    def f(self):
        return K


def spin():
    c = C()
    n = 0
    while c.f() == 1:
        n += 1
        if n == 100:
            started.set()
    return c.f()


def change_global():
    global K
    started.wait()
    K = 2


def change_method():
    started.wait()
    C.f = lambda self: "patched"


for change in (change_global, change_method):
    K = 1
    started.clear()
    t = threading.Thread(target=change)
    t.start()
    print(spin())
    t.join()
