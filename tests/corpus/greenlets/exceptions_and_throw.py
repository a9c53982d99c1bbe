# corpus: compiled=body needs=greenlet
import traceback

import greenlet


def body(n):
    t = 0
    main = greenlet.getcurrent().parent
    for i in range(n):
        try:
            t += main.switch(i) or 1
        except ValueError as error:
            t += 1000
            if str(error) == "stop":
                raise KeyError(t) from error
    return t


def run(n, bad):
    g = greenlet.greenlet(body)
    x = g.switch(n)
    try:
        while not g.dead:
            x = g.throw(ValueError("stop" if x == bad else "go on")) if x % 7 == 3 or x == bad else g.switch(2)
    except KeyError as error:
        return repr(error), [f.name for f in traceback.extract_tb(error.__traceback__)], repr(error.__cause__)
    return x


for _ in range(5):
    run(30, -1)
print(run(50, -1), run(50, 20), run(5, 0))


class Noisy:
    def __del__(self):
        print("released")


def holder():
    keep = Noisy()
    for i in range(200):
        if i == 150:
            greenlet.getcurrent().parent.switch()


g = greenlet.greenlet(holder)
g.switch()
print("dropping")
del g
print("dropped")
