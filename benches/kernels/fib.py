"""Recursive calls of a small function."""

import pyperf


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def bench():
    if fib(22) != 17711:
        raise AssertionError("fib(22) is wrong")


if __name__ == "__main__":
    pyperf.Runner().bench_func("fib", bench)
