# corpus: compiled=combine
class V:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        if not isinstance(o, V):
            return NotImplemented
        return V(self.x + o.x, self.y + o.y)

    def __radd__(self, o):
        return self if o == 0 else NotImplemented

    def __mul__(self, k):
        return V(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return V(-self.x, -self.y)

    def __iadd__(self, o):
        self.x += o.x
        return self

    def __matmul__(self, o):
        return self.x * o.x + self.y * o.y

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __repr__(self):
        return f"V({self.x}, {self.y})"


def combine(vs):
    total = V(0, 0)
    for v in vs:
        total = total + 2 * v + -v * 0.5
        total += v
    return total, total @ total, total[1], sum(vs)


for _ in range(40):
    combine([V(1, 2)])
print(combine([V(i, -i) for i in range(30)]))
for bad in (lambda: V(1, 2) + 1, lambda: 1 + V(1, 2), lambda: V(1, 2) @ 3, lambda: V(1, 2) - V(0, 0), lambda: V(1, 2)[2]):
    try:
        bad()
    except (TypeError, AttributeError, IndexError) as error:
        print(error)
