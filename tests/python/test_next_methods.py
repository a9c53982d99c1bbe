"""Loops over instances of classes that define `__next__`: that is inlined, and no exception is made where it ends the loop."""

from __future__ import annotations

import pytest
from conftest import Runner, unit_of


@pytest.mark.parametrize("end", ["StopIteration", "StopIteration()"])
@pytest.mark.parametrize("calls", [1, 400])
def test_loops_over_instances(runner: Runner, calls: int, end: str) -> None:
    program = f"""\
class Down:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise {end}
        self.n -= 1
        return self.n

def work(n):
    total = 0
    for item in Down(n):
        total += item
    return total

print(sum(map(work, [{8000 // calls}] * {calls})))
"""
    unit = unit_of(runner, program, "work")
    assert "call_helper.iter_next" not in unit, unit
    assert "call_helper.raise_exception" not in unit, unit
