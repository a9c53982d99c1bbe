"""Class patterns whose subjects are of classes that were seen need no call and no tuple."""

from __future__ import annotations

from conftest import Runner, last_unit


def test_attributes_of_seen_classes_are_loaded(runner: Runner) -> None:
    unit = last_unit(
        runner,
        """
        class Num:
            __match_args__ = ("value",)

            def __init__(self, value):
                self.value = value

        class Pair:
            __match_args__ = ("left", "right")

            def __init__(self, left, right):
                self.left, self.right = left, right

        def weight(thing):
            match thing:
                case Num(value):
                    return value
                case Pair(left, right=right):
                    return left * right
                case int() | float():
                    return thing
                case _:
                    return 0

        things = [Num(1), Pair(2, 3), 4.5, Num(6), 7, Pair(8, 9)] * 100

        def call():
            # Not as a part of this loop.
            return sum(list(map(weight, things)))
    """,
        "weight",
    )
    assert "call_helper.match_class" not in unit and "build_tuple" not in unit, unit
