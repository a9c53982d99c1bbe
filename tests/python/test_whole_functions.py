"""Functions that are called seldom, but run long loops each time, are compiled as a whole."""

from __future__ import annotations

import pytest
from conftest import Runner, last_unit

PROGRAM = """\
import time
import whipsnake

{work}

def kinds():
    return {{unit["kind"] for unit in whipsnake.stats()["units"] if unit["name"] == "work" and unit["state"] == "installed"}}

end = time.monotonic() + 10
calls = 0
while time.monotonic() < end and "function" not in kinds():
    work(2_000_000)
    calls += 1
print("function" in kinds(), calls < 4000)
"""


LOOP = """\
def work(n):
    total = 0
    for i in range(n):
        total += i ^ n
    return total + any(x < 0 for x in range(50))
"""
# Nothing of these is a loop of the function until the whole is compiled.
SUM = "def work(n):\n    return sum(i ^ n for i in range(n // 10))\n"
NESTED = "def work(n, rows=[list(range(100))] * 2000):\n    return sorted(v + 1 for row in rows for v in row)[0]\n"


@pytest.mark.parametrize("work", [LOOP, SUM, NESTED], ids=["loop", "sum", "nested"])
def test_a_function_that_takes_long_is_compiled(runner: Runner, work: str) -> None:
    (runner.directory / "program.py").write_text(PROGRAM.format(work=work), encoding="utf-8")
    result = runner.whipsnake("run", "program.py")
    assert (result.stdout, result.returncode) == ("True True\n", 0), result.stderr


def test_loops_in_loops_leave_room_for_what_they_call(runner: Runner) -> None:
    # Each loop is built a few times until its types are known; only the last time counts.
    text = """
        import math

        def call():
            first = [[0.1 * (i + j) - 0.2 for j in range(3)] for i in range(4)]
            second = [0.3, -0.2, 0.1, 0.4]
            total = 0.0
            for k in range(20):
                x = [k * 0.01, 1 - k * 0.01, 0.5]
                hidden = [1 / (1 + math.exp(-sum(w * v for w, v in zip(row, x)))) for row in first]
                output = math.tanh(sum(a * b for a, b in zip(second, hidden)))
                total += output
                second = [a - 0.01 * output * b for a, b in zip(second, hidden)]
            return total
    """
    ir = last_unit(runner, text, "call")
    assert " abi function " in ir
    assert "builtins.sum" in ir
    for helper in ("call_c_keywords", "build_virtual", "iter_next"):
        assert f"call_helper.{helper} " not in ir, helper
