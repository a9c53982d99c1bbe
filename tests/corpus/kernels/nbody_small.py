# corpus: compiled=advance no-exit=advance
def advance(bodies, dt, n):
    for _ in range(n):
        for i in range(len(bodies)):
            b = bodies[i]
            for j in range(i + 1, len(bodies)):
                c = bodies[j]
                dx = b[0] - c[0]
                dy = b[1] - c[1]
                d2 = dx * dx + dy * dy + 0.01
                mag = dt / (d2 * d2**0.5)
                b[2] -= dx * c[4] * mag
                b[3] -= dy * c[4] * mag
                c[2] += dx * b[4] * mag
                c[3] += dy * b[4] * mag
        for b in bodies:
            b[0] += dt * b[2]
            b[1] += dt * b[3]


def energy(bodies):
    e = 0.0
    for b in bodies:
        e += 0.5 * b[4] * (b[2] * b[2] + b[3] * b[3])
    return e


system = [[0.0, 0.0, 0.0, 0.0, 10.0], [1.0, 0.0, 0.0, 3.0, 0.1], [0.0, 2.0, -2.0, 0.0, 0.2]]
for _ in range(4):
    advance(system, 0.001, 60)
    print(repr(energy(system)), [repr(x) for x in system[1]])
