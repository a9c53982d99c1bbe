"""Generator expressions asked by `sum`, `any`, `all`, `max` and loops: dot products, distances, primes, rows of a table."""

import pyperf


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def product(left, right):
    columns = list(zip(*right))
    return [[sum(a * b for a, b in zip(row, column)) for column in columns] for row in left]


def spread(points):
    middle = sum(p.x for p in points) / len(points), sum(p.y for p in points) / len(points)
    return max((p.x - middle[0]) ** 2 + (p.y - middle[1]) ** 2 for p in points) ** 0.5


def primes(limit):
    return [n for n in range(2, limit) if all(n % d for d in range(2, int(n**0.5) + 1))]


def longest_run(rows):
    best = 0
    for row in (row for row in rows if any(x > 90 for x in row)):
        run = sum(1 for x, y in zip(row, row[1:]) if x < y)
        best = max(best, run)
    return best


def bench():
    size = 24
    left = [[(i * 7 + j) % 11 for j in range(size)] for i in range(size)]
    right = [[(i + j * 5) % 13 for j in range(size)] for i in range(size)]
    points = [Point(i % 17 * 0.5, i % 23 * 0.25) for i in range(500)]
    rows = [[(i * 37 + j * j) % 101 for j in range(40)] for i in range(40)]
    found = sum(map(sum, product(left, right))), round(spread(points), 6), len(primes(2000)), longest_run(rows)
    if found != (413237, 4.89741, 303, 24):
        raise AssertionError(f"the results are wrong: {found}")


if __name__ == "__main__":
    pyperf.Runner().bench_func("generator_expressions", bench)
