"""Exceptions that are raised and handled in place, and functions that are not built: that it is so, and what exits of such an attempt do not do twice."""

from __future__ import annotations

import pytest
from conftest import Runner, unit_of

PROGRAM = """
import heapq

class Bad(Exception):
    def __init__(self, code):
        self.code = code

def risky(i):
    if i % 3 == 0:
        raise Bad(i)
    return i

def pops(n):
    stack, heap, total = [1] * (2 * n), list(range(2 * n)), 0
    for i in range(n):
        if i == n - 5:
            stack = [2.5] * 40
        try:
            total += risky(i)
        except Bad as e:
            x = stack.pop()
            total += x
        try:
            total += risky(i)
        except Bad as e:
            y = heapq.heappop(heap)
            total += y * 2
    return total, len(stack), len(heap)

class Box:
    def __init__(self, x):
        self.x = x

def looks(n):
    # The frame owns what the handler takes out of it.
    other = Box(2.5) if n % 2 else Box(7)
    total = 0
    for i in range(n):
        try:
            total += risky(i)
        except Bad as e:
            total += other.x + e.code
        yield total

def generators(n):
    sums = [sum(looks(20 + k % 2)) for k in range(n)]
    return sums[-2:], [list(looks(6 + k)) for k in range(4)]

def counted(n):
    total = 0
    for i in range(n):
        try:
            total += risky(i)
        except Bad as e:
            total -= e.code
    return total

for _ in range(30):
    results = pops(50), generators(20), counted(300)
print(results)
"""


@pytest.mark.parametrize("threshold", ["1", "4", "30"])
@pytest.mark.parametrize("every", ["0", "1", "3"])
def test_exits_lead_back_to_where_nothing_was_done(runner: Runner, threshold: str, every: str) -> None:
    runner.write("program.py", PROGRAM)
    plain = runner.python("program.py", env={"WHIPSNAKE": "0"})
    env = {"WHIPSNAKE_THRESHOLD": threshold, "WHIPSNAKE_SYNC": "1", "WHIPSNAKE_EXIT_EVERY": every}
    result = runner.whipsnake("run", "program.py", env=env)
    assert (result.returncode, result.stdout) == (0, plain.stdout), result.stderr


def test_exceptions_that_nobody_sees_are_not_made(runner: Runner) -> None:
    program = """\
class Bad(Exception):
    def __init__(self, code):
        super().__init__(f"bad {code}")
        self.code = code

def risky(i):
    if i % 3 == 0:
        raise Bad(i)
    return i

def work(n, texts):
    total = 0
    for i in range(n):
        try:
            total += risky(i)
        except Bad as e:
            total -= e.code
            texts.append(str(e))
    return total

texts = []
print(sum(map(work, [30] * 600, [texts] * 600)), len(texts), texts[-1])
"""
    unit = unit_of(runner, program, "work")
    assert "call_helper.list_append" in unit, unit
    for helper in ("raise_exception", "catch_exception", "push_exc_info", "call "):
        assert f"call_helper.{helper}" not in unit, unit


def test_functions_that_are_only_called_are_not_built(runner: Runner) -> None:
    program = """\
def work(n):
    total = 0
    def add(by, more=1):
        nonlocal total
        total += by + more
    for i in range(n):
        add(i)
        total += (lambda x: x + i)(2)
    return total

print(sum(map(work, [30] * 600)))
"""
    unit = unit_of(runner, program, "work")
    for helper in ("make_function", "build_virtual"):
        assert f"call_helper.{helper}" not in unit, unit
