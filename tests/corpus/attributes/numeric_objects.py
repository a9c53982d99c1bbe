# corpus: compiled=Vec.dot,Vec.scaled,run no-exit=Vec.dot,run
class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    def scaled(self, k):
        return Vec(self.x * k, self.y * k)


def run(vs):
    t = 0.0
    for v in vs:
        t += v.scaled(0.5).dot(v)
    return t


vs = [Vec(i * 0.25, 3.0 - i) for i in range(40)]
for _ in range(20):
    run(vs)
print(repr(run(vs)), repr(vs[3].dot(vs[5])))
