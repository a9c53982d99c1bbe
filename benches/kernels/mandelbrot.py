"""Steps until a point leaves the Mandelbrot set, over a grid: float arithmetic in a nested loop."""

import pyperf


def steps_over_grid(width, height, limit):
    total = 0
    for row in range(height):
        cy = 2.0 * row / height - 1.0
        for column in range(width):
            cx = 3.0 * column / width - 2.0
            x = y = 0.0
            for _ in range(limit):
                xx = x * x
                yy = y * y
                if xx + yy > 4.0:
                    break
                y = 2.0 * x * y + cy
                x = xx - yy + cx
                total += 1
    return total


def bench():
    if steps_over_grid(120, 80, 100) != 292_572:
        raise AssertionError("the number of steps is wrong")


if __name__ == "__main__":
    pyperf.Runner().bench_func("mandelbrot", bench)
