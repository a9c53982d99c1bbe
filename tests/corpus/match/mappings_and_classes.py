# corpus: compiled=route
from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


class Odd:
    __match_args__ = ("v",)

    def __init__(self, v):
        self.v = v


def route(m):
    match m:
        case {"type": "move", "to": Point(x=0, y=yy)}:
            return "axis", yy
        case {"type": "move", "to": Point(a, b), **rest}:
            return a, b, rest
        case {"n": int(n)} if n > 5:
            return "big", n
        case {}:
            return "mapping", len(m)
        case Point(1, y):
            return "one", y
        case Odd(Odd(v)):
            return "nested", v
        case Odd():
            return "odd"
    return "no"


for i in range(150):
    route({"n": i}), route(Point(1, i))
for m in ({"type": "move", "to": Point(0, 5)}, {"type": "move", "to": Point(3, 4), "z": 1}, {"n": 6}, {"n": True}, {},
          Point(1, 2), Point(2, 2), Odd(Odd(7)), Odd(1), 5):
    print(route(m))
Odd.__match_args__ = ("v", "missing")
print(route(Odd(Odd(3))))
Odd.__match_args__ = ["v"]
try:
    route(Odd(Odd(3)))
except TypeError as error:
    print(error)
try:
    match 5:
        case int(a, b):
            pass
except TypeError as error:
    print(error)
