"""Setters of properties are inlined where they are called."""

from __future__ import annotations

from conftest import Runner, last_unit


def test_a_setter_needs_no_call(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        class Point:
            def __init__(self, x):
                self._x = x

            @property
            def x(self):
                return self._x

            @x.setter
            def x(self, value):
                if value < 0:
                    raise ValueError(value)
                self._x = value

        def moved(point, n):
            for i in range(n):
                point.x = point.x + 1.5
            return point.x

        def call():
            for _ in range(50):
                moved(Point(0.5), 20)
            return moved(Point(1.5), 20)
    """,
        "moved",
    )
    assert "call_helper.set_attr" not in unit and "call_helper.call" not in unit, unit
