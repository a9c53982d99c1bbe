# corpus: compiled=run
class C:
    pass


def run(c, n):
    total = 0
    for i in range(n):
        total += c.v
        if i == 50:
            c.__dict__ = {"v": 1000}
        if i == 60:
            c.__dict__["v"] = 2
        if i == 70:
            c.__dict__.clear()
            c.__dict__.update(w=1, v=5)
        if i == 80:
            c.__dict__ = type("D", (dict,), {})(v=7)
    return total


for _ in range(20):
    c = C()
    c.v = 1
    run(c, 30)
c = C()
c.v = 1
print(run(c, 100))
c = C()
c.v = 3
d = c.__dict__
print(run(c, 40), d is c.__dict__)
d["v"] = 9
print(run(c, 3))
del d["v"]
try:
    run(c, 1)
except AttributeError as error:
    print(error)
