"""Numbers that are ints now and floats then stay in parts."""

from __future__ import annotations

from conftest import Runner, last_unit


def test_operands_of_both_kinds_need_no_objects(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        class Vector:
            def __init__(self, x, y):
                self.x, self.y = x, y

        def dot(a, b):
            return a.x * b.x + a.y * b.y

        pairs = [(Vector(0, 1.5), Vector(2, 3)), (Vector(1.0, 0), Vector(2, 1.0)), (Vector(1, 2), Vector(3, 4)), (Vector(1.5, 2.5), Vector(1.0, 2.0))]

        def call():
            # Not as a part of this loop.
            list(map(dot, *zip(*pairs * 200)))
    """,
        "dot",
    )
    # Only the result becomes an object.
    assert unit.count("call_helper.box_real") == 1 and "call_helper.binary_op" not in unit, unit


def test_an_int_and_a_float_meet_without_objects(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        def clamped(values):
            total = 0.0
            for x in values:
                y = 0 if x < 1.0 else x
                total += y * 2
            return total

        def call():
            for _ in range(300):
                clamped([0.5, 1.5, 2.5, 0.25])
    """,
        "clamped",
    )
    assert "box_real" not in unit and "call_helper.binary_op" not in unit, unit
