"""Which numbers loops unbox, as the dumps of their intermediate code show."""

from __future__ import annotations

from conftest import WARM, Runner

ROWS = """
    def rows(source):
        half = other = 0.0
        for half, other in source:
            assert half == other

    rows(map(tuple, [(i * 0.5, i * 0.5) for i in range(200)]))
"""

TOTAL = """
    def total(source):
        sum = 0.0
        for half in source:
            sum = sum + half
        return sum

    total(map(float, range(200)))
"""


def optimised(runner: Runner, text: str, name: str) -> str:
    """The optimised code of a function's last unit."""
    script = runner.write("program.py", text)
    result = runner.whipsnake("run", str(script), env={**WARM, "WHIPSNAKE_DUMP": f"ir:{name}"})
    assert result.returncode == 0, result.stderr
    return result.stderr.rpartition(f"optimised ir of {name}")[2]


def test_numbers_that_are_shown_before_they_are_assigned_again_stay_objects(runner: Runner) -> None:
    code = optimised(runner, ROWS, "rows")
    assert "call_helper.iter_next " in code and "fcmp.eq" in code
    assert "box_float" not in code.replace("unbox_float", "")


def test_numbers_that_the_loop_computes_are_unboxed(runner: Runner) -> None:
    code = optimised(runner, TOTAL, "total")
    assert "fadd" in code and "box_float" in code.replace("unbox_float", "")
