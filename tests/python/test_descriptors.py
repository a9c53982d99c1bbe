"""Data descriptors whose classes are written in Python are inlined."""

from __future__ import annotations

import pytest
from conftest import Runner, last_unit

CLASSES = """
        import enum

        class Scaled:
            def __init__(self, factor):
                self.factor = factor

            def __get__(self, instance, owner=None):
                return instance.base * self.factor

            def __set__(self, instance, value):
                instance.base = value / self.factor

        class Length:
            inches = Scaled(0.5)

            def __init__(self, base):
                self.base = base

        class Color(enum.Enum):
            RED = 1
            GREEN = 2

        length = Length(3.0)
    """


@pytest.mark.parametrize(
    ("expression", "subject", "helper"),
    [
        ("return one.inches", "length", "get_attr"),
        ("one.inches = 2.0", "length", "set_attr"),
        ("return one.name", "Color.RED", "get_attr"),
        ("return one.value", "Color.GREEN", "get_attr"),
    ],
)
def test_accesses_are_inlined(runner: Runner, expression: str, subject: str, helper: str) -> None:
    program = f"""
        def access(one):
            {expression}

        def call():
            # Not as a part of this loop.
            return list(map(access, [{subject}] * 300))[-1], length.base
    """
    unit = last_unit(runner, CLASSES + program, "access")
    assert f"call_helper.{helper}" not in unit and "guard_type" in unit, unit
