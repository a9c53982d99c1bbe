"""Operations on ints that need neither objects nor calls."""

from __future__ import annotations

from conftest import Runner, last_unit


def test_members_and_quotients_are_compared_and_divided_in_place(runner: Runner) -> None:
    program = """
        def work(n):
            total = 0
            for i in range(n):
                if i % 7 in (1, 3, None):
                    total += 1
                q, r = divmod(i, 13)
                total += q - r
            return total

        def call():
            return [work(100) for _ in range(10)][0]
    """
    unit = last_unit(runner, program, "work")
    assert "call_helper.contains" not in unit and "call_helper.call" not in unit and "build_tuple" not in unit, unit
