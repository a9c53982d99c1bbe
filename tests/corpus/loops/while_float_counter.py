# corpus: compiled=run no-exit=run
def run(limit, step):
    x = 0.0
    n = 0
    while x < limit:
        x += step
        n += 1
    return n, x


print(run(10.0, 0.1), run(1.0, 0.001), run(-1.0, 1.0))
print(run(30.0, 0.25))
