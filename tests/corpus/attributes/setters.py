# corpus: compiled=moved,refused,polymorphic,fresh
# Properties with setters written in Python, also of instances that are not built yet; what ends when.
log = []


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


class Point:
    def __init__(self, x):
        self._x = x
        self.writes = 0

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, value):
        if value is None:
            raise ValueError("no value")
        self.writes += 1
        self._x = value

    @property
    def fixed(self):
        return self._x


class Other(Point):
    @Point.x.setter
    def x(self, value):
        self._x = (value, "other")
        return "ignored"


def moved(point, n):
    for i in range(n):
        point.x = point.x + i if type(point.x) is int else i
        point.x = Loud(i) if i % 50 == 0 else point.writes
        log.append("stored")
    return point.x, point.writes


def refused(point, values):
    out = []
    for value in values:
        try:
            point.x = value
            point.fixed = value
        except (ValueError, AttributeError) as error:
            at = error.__traceback__
            lines = []
            while at:
                lines.append((at.tb_frame.f_code.co_name, at.tb_lineno))
                at = at.tb_next
            out.append((type(error).__name__, lines))
    return out[-3:]


def polymorphic(points, n):
    for i in range(n):
        points[i % len(points)].x = i
    return [point.x for point in points]


def fresh(n):
    total = 0
    for i in range(n):
        point = Point(i)
        point.x = i * 2
        point.x += 1
        total += point.x + point.writes
        other = Other(i)
        other.x = Loud("inner")
        log.append(type(other.x).__name__)
    return total


for n in (5, 120):
    log.clear()
    print(moved(Point(0), 1)[1], moved(Point(1), 40), log[-4:])
    print(moved(Point(0), n), len(log))
    print(refused(Point(3), [1, None, 2, None] * n))
    print(polymorphic([Point(1), Other(2), Point(3)], n * 3))
    log.clear()
    print(fresh(n), len(log), log[-5:])
