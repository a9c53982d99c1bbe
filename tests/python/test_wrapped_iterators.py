"""Loops over iterators that wrap others, and over lists from their end: no objects are made for them."""

from __future__ import annotations

import pytest
from conftest import Runner, unit_of


@pytest.mark.parametrize(
    ("head", "iterable"),
    [
        ("i, x", "enumerate(items)"),
        ("i, x", "enumerate(range(9000), 7)"),
        ("i, x", "zip(items, range(9000))"),
        ("i, x", "zip(items, tuple(items))"),
    ],
)
def test_no_tuples_are_made(runner: Runner, head: str, iterable: str) -> None:
    program = f"""\
def work(items):
    total = 0
    for {head} in {iterable}:
        total += i ^ x
    return total

# Called once: the loop itself becomes native.
print(work(list(range(9000))))
"""
    unit = unit_of(runner, program, "work")
    assert "abi loop" in unit and "call_helper.iter_next" not in unit, unit


def test_loops_over_reversed_lists_are_entered(runner: Runner) -> None:
    program = """\
def work(items):
    total = 0
    for x in reversed(items):
        total ^= x
    return total

# Called once: the loop itself becomes native.
print(work(list(range(9000))))
"""
    unit = unit_of(runner, program, "work")
    assert "abi loop" in unit and "call_helper.iter_next" not in unit, unit


@pytest.mark.parametrize(
    ("head", "iterable"),
    [
        ("i, (a, b)", "enumerate(zip(items, items))"),
        ("(i, a), b", "zip(enumerate(items), reversed(items))"),
    ],
)
def test_iterators_of_iterators_are_not_made(runner: Runner, head: str, iterable: str) -> None:
    program = f"""\
def work(items):
    total = 0
    for {head} in {iterable}:
        total += i ^ a ^ b
    return total

items = [1, 2, 3]
print(*map(work, [items] * 99))
"""
    unit = unit_of(runner, program, "work")
    assert "abi function" in unit and "call_helper" not in unit, unit
