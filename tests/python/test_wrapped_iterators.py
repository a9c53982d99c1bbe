"""Loops over `enumerate` and `zip` that are entered while they run."""

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
