"""Instances whose `__dict__` was asked for, and names that `dir()` added to what they share with their class's other instances."""

from __future__ import annotations

import sys

from conftest import Runner, unit_of

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


def test_methods_and_values_are_known(runner: Runner) -> None:
    unit = unit_of(runner, PROGRAM, "work")
    assert "call_helper.load_method" not in unit, unit
    if sys.version_info >= (3, 14):
        # Until 3.13 dictionaries have a version that must tell of each change.
        assert "call_helper.set_attr" not in unit, unit
