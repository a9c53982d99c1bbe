# corpus: compiled=make.<locals>.step
def make(k):
    def step(x, d=k):
        return x * d + k

    return step


fs = [make(k) for k in range(40)]
t = 1
for _ in range(20):
    for f in fs:
        t = f(t) % 65537
print(t)
t = 0
for k in range(300):
    t = (make(k)(t)) % 65537
print(t)
f = fs[3]
f.note = "x"
f.__name__ = "renamed"
print(f(2), f.__name__, f.note, f.__dict__, f.__qualname__, f.__defaults__, f.__kwdefaults__)
try:
    f()
except TypeError as error:
    print(error)
