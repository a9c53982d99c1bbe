# corpus: compiled=consume
def squares(n):
    total = 0
    for i in range(n):
        total += i
        yield i * i
    return total


def consume(g):
    t = 0
    for x in g:
        t += x
    return t


for _ in range(50):
    consume(squares(5))
print(consume(squares(200)), consume(x * 2 for x in range(50)))
g = squares(3)
print(g.gi_frame.f_lineno, next(g), g.gi_frame.f_locals["total"], next(g), next(g), g.gi_running, g.gi_suspended)
try:
    next(g)
except StopIteration as stop:
    print(stop.value, g.gi_frame)
