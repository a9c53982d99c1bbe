# corpus: compiled=outer,middle
class C:
    def step(self, i):
        return 1


def change(i):
    if i == 100:
        C.step = lambda self, i: 10
    if i == 150:
        global change
        change = lambda i: 2
    return 1


def middle(c, i):
    before = c.step(i)
    during = change(i)
    after = c.step(i)
    return before * 100 + during * 10 + after


def outer(n):
    c = C()
    t = []
    for i in range(n):
        t.append(middle(c, i))
    return t[98:103] + t[148:153], sum(t)


print(outer(90)[1])
print(outer(200))
