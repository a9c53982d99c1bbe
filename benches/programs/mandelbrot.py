"""The Mandelbrot set as text: a hot inner loop of float arithmetic and comparisons."""

import sys

SHADES = " .:-=+*#%@"


def escape_time(cx, cy, limit):
    x = y = 0.0
    for step in range(limit):
        xx = x * x
        yy = y * y
        if xx + yy > 4.0:
            return step
        y = 2.0 * x * y + cy
        x = xx - yy + cx
    return limit


def render(width, height, limit):
    rows = []
    total = 0
    for row in range(height):
        cy = 2.4 * row / height - 1.2
        line = []
        for column in range(width):
            steps = escape_time(3.2 * column / width - 2.2, cy, limit)
            total += steps
            line.append(SHADES[-1] if steps == limit else SHADES[steps % (len(SHADES) - 1)])
        rows.append("".join(line))
    return rows, total


def main(width):
    height = width * 3 // 8
    rows, total = render(width, height, 400)
    for row in rows[:: max(1, height // 24)]:
        print(row[:: max(1, width // 64)].rstrip())
    print(f"{width} x {height} points, {total} steps")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 960)
