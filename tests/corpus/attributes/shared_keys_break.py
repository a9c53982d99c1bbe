# corpus: compiled=run
class C:
    def __init__(self, i):
        if i % 2:
            self.a = i
            self.b = i * 2
        else:
            self.b = i
            self.a = i * 3
        if i % 5 == 0:
            for j in range(40):
                setattr(self, f"x{j}", j)


def run(items):
    t = 0
    for c in items:
        t += c.a - c.b
        c.a, c.b = c.b, c.a
    return t


items = [C(i) for i in range(40)]
print([run(items) for _ in range(30)])
print(list(C(2).__dict__), list(C(3).__dict__), len(C(5).__dict__))
