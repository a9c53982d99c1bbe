# corpus: compiled=run
import copy
import pickle


class Node:
    def __init__(self, v):
        self.v = v
        self.links = []

    def __copy__(self):
        log.append("copy")
        n = Node(self.v)
        n.links = self.links
        return n


class Reduced:
    def __init__(self, a):
        self.a = a

    def __reduce__(self):
        return Reduced, (self.a + 1,)


log = []


def run(n):
    a = Node(0)
    for i in range(n):
        b = Node(i)
        b.links.append(a)
        a.links.append(b)
        a = copy.copy(b) if i % 2 else b
    d = copy.deepcopy({"x": [1, [2]], "n": Reduced(1)})
    return a.v, len(a.links), d["x"], d["n"].a


print(run(4), len(log))
print(run(80), len(log))
loop = []
loop.append(loop)
again = copy.deepcopy(loop)
print(again[0] is again, pickle.loads(pickle.dumps(Reduced(5))).a, pickle.loads(pickle.dumps((1, 2.5, {"k": [None]}))))
