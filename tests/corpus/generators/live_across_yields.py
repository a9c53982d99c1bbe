# corpus: compiled=walk
class Tree:
    def __init__(self, v, left=None, right=None):
        self.v, self.left, self.right = v, left, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.v
        if self.right:
            yield from self.right


def build(lo, hi):
    if lo >= hi:
        return None
    mid = (lo + hi) // 2
    return Tree(mid, build(lo, mid), build(mid + 1, hi))


def walk(t):
    out = 0
    for i, v in enumerate(t):
        out += i * v
    return out


t = build(0, 60)
print(list(t)[:10], [walk(t) for _ in range(5)])
