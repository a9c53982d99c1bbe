"""Numbers that only an attribute or a list refers to are overwritten: nothing is freed there that somebody could see go."""

from __future__ import annotations

import pytest
from conftest import Runner, last_unit

BALL = """
        class Ball:
            SLOTS

            def __init__(self):
                self.x, self.y = 1000, 2000

            def move(self, n):
                self.x += n
                self.y -= n
                if self.x > 100000:
                    self.x = self.y = 50000

        ball = Ball()

        def call():
            for n in range(300, 400):
                ball.move(n)
    """


@pytest.mark.parametrize("slots", ["pass", '__slots__ = ("x", "y")'], ids=["attributes", "slots"])
def test_counters_in_objects_are_overwritten(runner: Runner, slots: str) -> None:
    unit = last_unit(runner, BALL.replace("SLOTS", slots), "Ball.move")
    # Digits are written, and what is replaced is known to be an int.
    assert unit.count("store.u32.other") >= 2, unit
    assert "decref_or_exit" not in unit, unit
