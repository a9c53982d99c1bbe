"""Named tuples are made, read and taken apart natively."""

from __future__ import annotations

import pytest
from conftest import Runner, last_unit

CLASSES = """
        from collections import namedtuple
        from typing import NamedTuple

        Pair = namedtuple("Pair", "x y", defaults=[2])

        class Point(NamedTuple):
            x: int
            y: int = 2

    """


@pytest.mark.parametrize("kind", ["Pair", "Point"])
@pytest.mark.parametrize(
    ("expression", "helpers"),
    [
        ("KIND(one.x)", ("call ", "call_ex")),
        ("one.x + one.y", ("get_attr", "binary_op")),
        ("[x for x, y in [one]]", ("unpack",)),
    ],
)
def test_no_helper_for_everything(runner: Runner, kind: str, expression: str, helpers: tuple[str, ...]) -> None:
    program = f"""
        def work(one):
            return {expression.replace("KIND", kind)}

        ones = [{kind}(i) for i in range(200)]

        def call():
            # Not as a part of this loop.
            return list(map(work, ones))
    """
    unit = last_unit(runner, CLASSES + program, "work")
    assert not any(f"call_helper.{helper}" in unit for helper in helpers), unit
