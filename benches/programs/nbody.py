"""The Jovian planets under gravity, advanced with a symplectic step: float arithmetic and attributes."""

import math
import sys

SOLAR_MASS = 4 * math.pi * math.pi
DAYS_PER_YEAR = 365.24
TIME_STEP = 0.01


class Body:
    """A point mass; lengths in astronomical units, times in years."""

    def __init__(self, name, mass, position, velocity_per_day):
        self.name = name
        self.mass = mass * SOLAR_MASS
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = (v * DAYS_PER_YEAR for v in velocity_per_day)


def solar_system():
    """The Sun and the four giants at the epoch J2000, in round figures."""
    return [
        Body("Sun", 1.0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        Body("Jupiter", 1 / 1047.35, (4.0012, 2.9386, -0.1018), (-0.004568, 0.006443, 0.0000755)),
        Body("Saturn", 1 / 3497.9, (6.4064, 6.5700, -0.3693), (-0.004291, 0.003891, 0.000103)),
        Body("Uranus", 1 / 22902.0, (14.4319, -13.7343, -0.2381), (0.002678, 0.002672, -0.0000248)),
        Body("Neptune", 1 / 19412.0, (16.8120, -24.9917, 0.1273), (0.002579, 0.001777, -0.0000959)),
    ]


def stop_the_sun(bodies):
    """Gives the Sun the velocity with which the total momentum is zero."""
    sun = bodies[0]
    sun.vx = -sum(b.vx * b.mass for b in bodies[1:]) / sun.mass
    sun.vy = -sum(b.vy * b.mass for b in bodies[1:]) / sun.mass
    sun.vz = -sum(b.vz * b.mass for b in bodies[1:]) / sun.mass


def pairs_of(bodies):
    return [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]


def advance(bodies, pairs, dt, steps):
    for _ in range(steps):
        for a, b in pairs:
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            square = dx * dx + dy * dy + dz * dz
            pull = dt / (square * math.sqrt(square))
            towards_b = b.mass * pull
            towards_a = a.mass * pull
            a.vx -= dx * towards_b
            a.vy -= dy * towards_b
            a.vz -= dz * towards_b
            b.vx += dx * towards_a
            b.vy += dy * towards_a
            b.vz += dz * towards_a
        for body in bodies:
            body.x += dt * body.vx
            body.y += dt * body.vy
            body.z += dt * body.vz


def energy(bodies, pairs):
    total = 0.0
    for body in bodies:
        total += 0.5 * body.mass * (body.vx**2 + body.vy**2 + body.vz**2)
    for a, b in pairs:
        distance = math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2)
        total -= a.mass * b.mass / distance
    return total


def main(steps):
    bodies = solar_system()
    stop_the_sun(bodies)
    pairs = pairs_of(bodies)
    print(f"energy before {energy(bodies, pairs)!r}")
    advance(bodies, pairs, TIME_STEP, steps)
    print(f"energy after  {energy(bodies, pairs)!r}")
    for body in bodies:
        print(f"{body.name:8} {body.x!r} {body.y!r} {body.z!r}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600_000)
