"""Operators that classes written in Python define are inlined, whichever way the interpreter finds them."""

from __future__ import annotations

import pytest
from conftest import WARM, Runner, last_unit

CLASS = """
        class Vector:
            __slots__ = ("x", "y")

            def __init__(self, x, y):
                self.x, self.y = x, y

            def __iadd__(self, other):
                self.x += other.x
                self.y += other.y
                return self

            def __mul__(self, factor):
                return Vector(self.x * factor, self.y * factor)

            def __neg__(self):
                return Vector(-self.x, -self.y)

            def __pos__(self):
                return self

            def __invert__(self):
                return self.x + self.y

            def __pow__(self, power):
                return self.x * power

        class Body:
            pass

        body = Body()
        body.speed = Vector(1.0, 2.0)
        other = Vector(1.0, -1.0)
    """


@pytest.mark.parametrize(
    ("statement", "helper"),
    [
        ("body.speed += other", "binary_op"),
        ("body.speed = -body.speed", "negative"),
        ("body.last = +body.speed", "positive"),
        ("body.last = ~body.speed", "invert"),
        ("body.last = body.speed ** 3.0", "binary_op"),
        ("body.last = body.speed * 0.5", "binary_op"),
    ],
)
def test_operators_of_attributes_are_inlined(runner: Runner, statement: str, helper: str) -> None:
    program = f"""
        def change(body, other):
            {statement}

        def call():
            body.speed = Vector(1.0, 2.0)
            # Not as a part of this loop.
            list(map(change, [body] * 300, [other] * 300))
            return body.speed.x, body.speed.y
    """
    unit = last_unit(runner, CLASS + program, "change")
    assert f"call_helper.{helper}" not in unit and "guard_type" in unit, unit


def test_a_number_is_no_reason_to_expect_another(runner: Runner) -> None:
    """The unit that asks for the type of the other operand makes a unit that guesses wrong unnecessary."""
    program = """
        import whipsnake

        def scale(body, factor):
            return body.speed * (factor * 2.0)

        def call():
            list(map(scale, [body] * 300, [0.5] * 300))

        for _ in range(40):
            call()
        # The units' own counters, of the functions that are not inlined.
        exits = [unit["exits"] for unit in whipsnake.stats()["units"] if unit["name"] == "scale"]
        print(len(exits) > 0, any("type-guard" in seen for seen in exits))
    """
    lines = "\n".join(line[8:] for line in (CLASS + program).splitlines())
    (runner.directory / "program.py").write_text(lines, encoding="utf-8")
    result = runner.whipsnake("run", "program.py", env=WARM)
    assert (result.stdout, result.returncode) == ("True False\n", 0), result.stderr


def test_operands_of_several_types_each_have_a_way(runner: Runner) -> None:
    program = """
        def scale(value):
            return value * 2.0

        values = [Vector(1.0, 2.0), 1.5, Vector(2.0, 3.0), 2.5] * 50

        def call():
            for _ in range(8):
                list(map(scale, values))
    """
    unit = last_unit(runner, CLASS + program, "scale")
    assert "call_helper.binary_op" not in unit and "fmul" in unit, unit
