"""Instances whose `__dict__` was asked for, and names that `dir()` added to what they share with their class's other instances."""

from __future__ import annotations

import sys

import pytest
from conftest import Runner, last_ir

PROGRAM = """\
class Counter:
    def __init__(self):
        self.n = 0
        self.names = dir(self)

    def step(self, k):
        self.n += k

    def both(self, k):
        self.step(k)
        self.step(k)
        return self.n

counters = [Counter() for _ in range(6)]

def work(times):
    for i in range(times):
        for counter in counters:
            counter.both(1)

work(4000)
print([counter.n for counter in counters])
"""


@pytest.mark.parametrize("name", ["Counter.both"])
def test_methods_and_values_are_known(runner: Runner, name: str) -> None:
    (runner.directory / "program.py").write_text(PROGRAM, encoding="utf-8")
    expected = runner.python("program.py", env={"WHIPSNAKE": "0"})
    env = {"WHIPSNAKE_THRESHOLD": "30", "WHIPSNAKE_SYNC": "1", "WHIPSNAKE_DUMP": "ir:work"}
    result = runner.whipsnake("run", "program.py", env=env)
    assert (result.stdout, result.returncode) == (expected.stdout, 0), result.stderr
    unit = last_ir(result.stderr, "work")
    assert "call_helper.load_method" not in unit, unit
    if sys.version_info >= (3, 14):
        # Until 3.13 dictionaries have a version that must tell of each change.
        assert "call_helper.set_attr" not in unit, unit
