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


def test_a_key_of_two_numbers_is_not_built(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        class Grid:
            def __init__(self, rows):
                self.rows = rows

            def __getitem__(self, key):
                if isinstance(key, tuple):
                    i, j = key
                    return self.rows[i][j]
                return self.rows[key]

        def total(grid, n):
            found = 0
            for i in range(n):
                for j in range(n):
                    found += grid[i, j]
            return found

        grid = Grid([[i * j for j in range(9)] for i in range(9)])

        def call():
            for _ in range(50):
                total(grid, 9)
    """,
        "total",
    )
    assert "build_tuple" not in unit and "one-tuple(" in unit, unit


def test_the_best_so_far_goes_round_a_loop_in_parts(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        def least(values):
            best = None
            for i, value in enumerate(values):
                if best is None or value < best[1]:
                    best = (i, value)
            return best

        values = [5.5, 4.5, 3.5, 8.5, 2.5] * 20

        def call():
            for _ in range(50):
                least(values)
    """,
        "least",
    )
    builds = unit.count("call_helper.build_tuple")
    assert 0 < builds <= 2 and "one-tuple(" in unit, unit


def test_frozen_dataclasses_are_not_built(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        from dataclasses import dataclass, field

        @dataclass(frozen=True)
        class Point:
            x: int
            y: int = 2
            tags: list = field(default_factory=list)

        def total(n):
            total = 0
            for i in range(n):
                point = Point(i)
                total += point.x * point.y + len(point.tags)
            return total

        def call():
            return [total(50) for _ in range(20)][0]
    """,
        "total",
    )
    # Only the last one, behind the loop.
    assert unit.count("call_helper.build_instance") <= 1 and "new_instance" not in unit, unit
    assert "call_helper.call " not in unit and "get_attr" not in unit, unit


def test_classes_of_instances_are_loaded(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        from dataclasses import dataclass

        @dataclass(frozen=True)
        class Point:
            x: int
            y: int = 2

        points = [Point(i % 5) for i in range(50)]

        def equal(a, b):
            return a == b

        def call():
            for _ in range(10):
                list(map(equal, points, points[::-1]))
    """,
        "equal",
    )
    assert "get_attr" not in unit and "call_helper.compare" not in unit, unit
