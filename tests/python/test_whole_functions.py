"""Functions that are called seldom, but run long loops each time, are compiled as a whole."""

from __future__ import annotations

from conftest import Runner

PROGRAM = """\
import time
import whipsnake

def work(n):
    total = 0
    for i in range(n):
        total += i ^ n
    return total + any(x < 0 for x in range(50))

def kinds():
    return {unit["kind"] for unit in whipsnake.stats()["units"] if unit["name"] == "work" and unit["state"] == "installed"}

end = time.monotonic() + 10
calls = 0
while time.monotonic() < end and "function" not in kinds():
    work(2_000_000)
    calls += 1
print("function" in kinds(), calls < 4000)
"""


def test_a_function_with_a_long_loop_is_compiled(runner: Runner) -> None:
    (runner.directory / "program.py").write_text(PROGRAM, encoding="utf-8")
    result = runner.whipsnake("run", "program.py")
    assert (result.stdout, result.returncode) == ("True True\n", 0), result.stderr
