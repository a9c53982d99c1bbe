"""Variables of modules: loops of modules, and functions that assign them as ``global``, keep them out of the namespace."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import WARM, Runner, last_ir

BY_NAME = re.compile(r"call_helper\.(load_name|store_name|load_global|store_global|swap_variable|set_variable)\b")
"""Calls that look a name up or set it in the namespace."""

LOOPS = {
    "numbers": """
        total = 0
        ratio = 1.0
        i = 0
        while i < 3000:
            total += i * 2
            ratio = ratio * 0.5 + i
            i += 1
        print(total, i)
        """,
    "texts": """
        size = 0
        found = 0
        for word in "the quick brown fox".split() * 300:
            size += len(word)
            found = word.find("o")
        print(size, found, word)
        """,
    "objects": """
        rows = list(map(list, zip(range(40), range(1, 41))))
        total = 0
        for i in range(40):
            for j in range(40):
                total += rows[i][j & 1]
        print(total)
        """,
}


@pytest.mark.parametrize("kind", LOOPS)
def test_loops_of_modules_do_not_touch_the_namespace(runner: Runner, kind: str) -> None:
    runner.write("loops.py", LOOPS[kind])
    result = runner.whipsnake("run", "loops.py", env={**WARM, "WHIPSNAKE_DUMP": "ir:<module>"})
    assert result.returncode == 0, result.stderr
    ir = last_ir(result.stderr, "<module>")
    assert "abi loop" in ir
    assert "variables [" in ir, "exits store what the loop has kept"
    assert not BY_NAME.search(ir), BY_NAME.findall(ir)


def test_functions_keep_what_they_assign_as_global(runner: Runner) -> None:
    runner.write(
        "counts.py",
        """
        counter = 0

        def count(n):
            global counter
            for i in range(n):
                counter += i

        for turn in range(60):
            count(turn)
        print(counter)
        """,
    )
    result = runner.whipsnake("run", "counts.py", env={**WARM, "WHIPSNAKE_DUMP": "ir:count"})
    assert result.returncode == 0, result.stderr
    ir = last_ir(result.stderr, "count")
    assert "variables [" in ir
    assert {call for call in BY_NAME.findall(ir)} <= {"set_variable"}, "once, where the function returns"


def test_loops_of_long_modules_are_compiled_as_soon_as_others(runner: Runner, tmp_path: Path) -> None:
    never = "".join(f"    x{n} = [{n}, total + 1]\n" for n in range(12_000))
    runner.write("long.py", f"total = 0\nfor i in range(12_000_000):\n    total += i & 3\nprint(total)\nif total < 0:\n{never}")
    statistics = tmp_path.with_suffix(".json")
    result = runner.whipsnake("run", "long.py", env={"WHIPSNAKE_STATS_JSON": str(statistics)})
    assert result.stdout == "18000000\n", result.stderr
    units = [unit for unit in json.loads(statistics.read_text(encoding="utf-8"))["units"] if unit["kind"] == "loop"]
    assert [unit["state"] for unit in units] == ["installed"]
    assert units[0]["entries"] > 0
