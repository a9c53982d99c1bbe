# corpus: compiled=norm
from collections import namedtuple

Point = namedtuple("Point", "x y")


def norm(points):
    t = 0
    for p in points:
        t += p.x * p.x + p.y * p.y
    return t


for _ in range(60):
    norm([Point(1, 2), Point(3, 4)])
print(norm([Point(1.5, 2), Point(0, 0)]), norm([Point(i, -i) for i in range(100)]))


class P3(Point):
    @property
    def x(self):
        return 100


print(norm([Point(1, 1), P3(1, 1)]))
x, y = Point(5, 6)
print(x, y, Point(1, 2)._replace(y=9), Point(1, 2) == (1, 2), Point(y=1, x=2)[0])
