# corpus: compiled=step
import math


class Body:
    __slots__ = ("x", "v", "m")

    def __init__(self, x, v, m):
        self.x, self.v, self.m = x, v, m


def step(bodies, dt):
    for b in bodies:
        a = 0.0
        for c in bodies:
            if b is not c:
                d = c.x - b.x
                a += c.m * d / math.sqrt(d * d + 0.1) ** 3
        b.v += a * dt
    for b in bodies:
        b.x += b.v * dt


bodies = [Body(0.0, 0.0, 5.0), Body(1.0, 0.5, 1), Body(-2.0, -0.25, 2)]
for _ in range(120):
    step(bodies, 0.01)
print([(repr(b.x), repr(b.v), b.m) for b in bodies])
