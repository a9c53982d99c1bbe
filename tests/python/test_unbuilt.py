"""Instances that only the code that makes them knows of are not built."""

from __future__ import annotations

import pytest
from conftest import Runner, last_unit

VECTORS = """
        class Vector:
            SLOTS

            def __init__(self, x, y):
                self.x, self.y = x, y

            def __add__(self, other):
                return Vector(self.x + other.x, self.y + other.y)

            def __mul__(self, factor):
                return Vector(self.x * factor, self.y * factor)

            def dot(self, other):
                return self.x * other.x + self.y * other.y

        def temporaries(a, b, n):
            total = 0.0
            for _ in range(n):
                total += (a + b * 0.5).dot(a * 2.0)
            return total

        def carried(a, b, n):
            for _ in range(n):
                a = a + b * 0.5
            return a

        def call():
            for _ in range(100):
                temporaries(Vector(1.0, 2.0), Vector(0.5, 0.25), 10)
                carried(Vector(1.0, 2.0), Vector(0.5, 0.25), 10)
    """


@pytest.fixture(params=["pass", '__slots__ = ("x", "y")'], ids=["attributes", "slots"])
def vectors(request: pytest.FixtureRequest) -> str:
    return VECTORS.replace("SLOTS", request.param)


def test_temporaries_are_not_built(runner: Runner, vectors: str) -> None:
    unit = last_unit(runner, vectors, "temporaries")
    assert "_instance" not in unit and "box_float" in unit, unit
    # An exit between the two products has one of them in parts.
    assert "instance(" in unit, unit


def test_an_instance_goes_round_a_loop_in_parts(runner: Runner, vectors: str) -> None:
    unit = last_unit(runner, vectors, "carried")
    # It is built where the function returns it: once behind each version of the loop, of which the first one has an object.
    builds = unit.count("call_helper.build_instance")
    assert 0 < builds <= 2 and "new_instance" not in unit, unit
    assert unit.count("load.obj.instance") <= 6, unit
