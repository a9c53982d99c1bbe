# corpus: compiled=simulate no-exit=simulate
def simulate(steps, dt):
    x, v = 1.0, 0.0
    for _ in range(steps):
        v -= 0.5 * dt * x
        x += dt * v
        v -= 0.5 * dt * x
    return x, v, 0.5 * (x * x + v * v)


for dt in (0.1, 0.01, 1.9, 2.1):
    print([repr(q) for q in simulate(400, dt)])
