# corpus: compiled=Node.depth,pingpong
import sys


class Node:
    def __init__(self, child):
        self.child = child

    def depth(self):
        if self.child is None:
            return 1
        return 1 + self.child.depth()


def chain(n):
    node = None
    for _ in range(n):
        node = Node(node)
    return node


def pingpong(n):
    try:
        return pingpong(n + 1)
    except RecursionError:
        return n


def frames():
    frame, n = sys._getframe(1), 0
    while frame:
        frame, n = frame.f_back, n + 1
    return n


print(chain(200).depth())
sys.setrecursionlimit(250)
print(pingpong(0) + frames())
for n in range(250 - frames() - 3, 250 - frames() + 3):
    try:
        print(n + frames(), chain(n).depth() + frames())
    except RecursionError as error:
        print(n + frames(), type(error).__name__)
print(pingpong(0) + frames())
