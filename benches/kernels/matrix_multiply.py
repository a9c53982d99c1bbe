"""The product of two matrices held as lists of lists of floats."""

import pyperf


def matrix(size, seed):
    return [[float((row * seed + column * 7) % 13 - 6) for column in range(size)] for row in range(size)]


def multiply(left, right):
    size = len(left)
    result = []
    for row in left:
        line = []
        for column in range(size):
            total = 0.0
            for index in range(size):
                total += row[index] * right[index][column]
            line.append(total)
        result.append(line)
    return result


LEFT = matrix(64, 5)
RIGHT = matrix(64, 3)


def bench():
    product = multiply(LEFT, RIGHT)
    if sum(map(sum, product)) != 50.0:
        raise AssertionError("the product is wrong")


if __name__ == "__main__":
    pyperf.Runner().bench_func("matrix_multiply", bench)
