"""Functions that get hot, each made anew from text, with results that are known without calling them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SOURCE = """
class C:
    def __init__(self, start):
        self.total = start

    def add(self, x):
        self.total += x
        return self

def leaf(x):
    return x * {k} % 7

def loop(n):
    t = {k}
    for i in range(n):
        t += leaf(i)
    return t

def items(n):
    i = 0
    while i < n:
        yield i + {k}
        i += 1

def generated(n):
    t = 0
    for x in items(n):
        t += x
    return t

def methods(n):
    c = C(0.5)
    for i in range(n):
        c.add(i)
    return c.total

def framed(n):
    t = 0
    for i in range(n):
        t += max([i, {k} % 5], key=lambda x: -x)
    return t

def raising(n):
    t = 0
    for i in range(n):
        try:
            t += 6 // (i % 3)
        except ZeroDivisionError:
            t += {k}
    return t
"""


@dataclass(frozen=True)
class Work:
    """The functions of one number, and what each of them returns for `turns`."""

    functions: tuple[Callable[[int], float], ...]
    expected: tuple[float, ...]
    turns: int

    def run(self, calls: int) -> None:
        """Call each function `calls` times. `AssertionError` on a wrong answer."""
        for function, expected in zip(self.functions, self.expected, strict=True):
            for _ in range(calls):
                actual = function(self.turns)
                assert actual == expected, f"{function.__name__}({self.turns}): {actual!r} instead of {expected!r}"


def make(k: int, turns: int = 20) -> Work:
    """New functions of the number `k`."""
    space: dict[str, object] = {}
    exec(SOURCE.format(k=k), space)
    names = ("loop", "generated", "methods", "framed", "raising")
    by_remainder = {0: k, 1: 6, 2: 3}
    expected = (
        k + sum([i * k % 7 for i in range(turns)]),
        turns * (turns - 1) // 2 + turns * k,
        0.5 + turns * (turns - 1) / 2,
        sum([min(i, k % 5) for i in range(turns)]),
        sum([by_remainder[i % 3] for i in range(turns)]),
    )
    return Work(tuple(space[name] for name in names), expected, turns)  # type: ignore[misc]
