# corpus: compiled=norm,bump no-exit=norm
class P:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def norm(ps):
    t = 0
    for p in ps:
        t += p.x * p.x + p.y
    return t


def bump(ps):
    for p in ps:
        p.x += 1
        p.y = p.x * 2


ps = [P(i, -i) for i in range(20)]
for _ in range(60):
    norm(ps)
    bump(ps)
print(norm(ps), ps[3].__dict__, sorted(vars(P(1, 2))))
