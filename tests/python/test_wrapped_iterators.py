"""Loops over `enumerate` and `zip` that are entered while they run."""

from __future__ import annotations

import pytest
from conftest import WARM, Runner, last_ir


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
    (runner.directory / "program.py").write_text(program, encoding="utf-8")
    expected = runner.python("program.py", env={"WHIPSNAKE": "0"})
    result = runner.whipsnake("run", "program.py", env={**WARM, "WHIPSNAKE_DUMP": "ir:work"})
    assert (result.stdout, result.returncode) == (expected.stdout, 0), result.stderr
    unit = last_ir(result.stderr, "work")
    assert "abi loop" in unit and "call_helper.iter_next" not in unit, unit
