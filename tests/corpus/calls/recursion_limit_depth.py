# corpus: compiled=down,up_down
import sys


def down(n):
    global deepest
    deepest = n
    down(n + 1)


def base():
    frame, n = sys._getframe(), 0
    while frame:
        frame, n = frame.f_back, n + 1
    return n


def up_down(n):
    return 0 if n == 0 else 1 + up_down(n - 1)


for _ in range(100):
    up_down(10)
for limit in (300, 500, 1000):
    sys.setrecursionlimit(limit)
    try:
        down(0)
    except RecursionError as error:
        print(limit, deepest + base(), error)
sys.setrecursionlimit(400)
room = 400 - base()
for n in (room - 5, room - 2, room - 1, room, room + 1, room + 2):
    try:
        print(n - room, up_down(n) == n)
    except RecursionError:
        print(n - room, "too deep")
