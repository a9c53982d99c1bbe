# corpus: compiled=path,reflected,swapped,mixed,nearest
# Instances that only the code that makes them knows of: as temporaries, from one turn of a loop to the next, and in each other's place.
class Vector:
    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    @property
    def squared(self):
        return self.dot(self)

    def __repr__(self):
        return f"<{self.x} {self.y} {self.z}>"


def path(steps):
    position = Vector(0.0, 0.0, 0.0)
    speed = Vector(1.0, 0.5, 0.25)
    for i in range(steps):
        speed = speed * 0.99 + Vector(0.0, 0.001, 0.0) * 2.0
        position = position + speed * 0.1
    return position, speed


def reflected(rays, steps):
    normal = Vector(0.0, 0.0, 1.0)
    total = 0.0
    for i in range(steps):
        direction = rays[i % len(rays)]
        out = direction - normal * (2.0 * direction.dot(normal))
        total += out.squared
    return total, out


def swapped(steps):
    a, b = Vector(1, 2, 3), Vector(4, 5, 6)
    for i in range(steps):
        a, b = b, a
        if i % 3 == 0:
            a.x += 1
    return a, b


def mixed(steps):
    kept = []
    last = None
    for i in range(steps):
        v = Vector(i, i + 1, i + 2)
        if i % 10 == 0:
            kept.append(v)
            w = v
        else:
            w = Vector(i, 0, 0)
        v.y += 1
        if w is v:
            last = w
    return len(kept), kept[3], last, v is w, v


def nearest(points, steps):
    best = None
    for i in range(steps):
        candidate = Vector(i * 0.5, 1.0, 2.0)
        if best is None or candidate.x < best.x:
            best = candidate
    return best


rays = [Vector(1.0, 2.0, 3.0), Vector(0.5, 0.5, -0.5)]
for n in (3, 50, 200):
    print(path(n), reflected(rays, n), swapped(n), nearest(rays, n))
    if n > 3:
        print(mixed(n))
