"""The main switch and the options: each is honoured or refused, never ignored."""

from __future__ import annotations

import json

import pytest
from conftest import EAGER, Runner

HOT = "def hot(n):\n    t = 0\n    for i in range(n): t += i\n    return t\nprint(hot(1000))\n"


def compiled(runner: Runner, env: dict[str, str]) -> list[str]:
    """Names that were compiled in a run of HOT."""
    runner.write("hot.py", HOT)
    statistics = runner.directory / "statistics.json"
    statistics.unlink(missing_ok=True)
    result = runner.whipsnake("run", "hot.py", env={**env, "WHIPSNAKE_STATS_JSON": str(statistics)})
    assert (result.stdout, result.stderr, result.returncode) == ("499500\n", "", 0)
    if not statistics.exists():
        return []
    return [unit["name"] for unit in json.loads(statistics.read_text())["units"] if unit["state"] == "installed"]


def test_statistics_file_names_what_was_compiled(runner: Runner) -> None:
    assert "hot" in compiled(runner, EAGER)


def test_main_switch_wins_over_all_that_ask_for_the_jit(runner: Runner) -> None:
    assert compiled(runner, {**EAGER, "WHIPSNAKE": "0"}) == []
    text = """
        import whipsnake
        whipsnake.enable()
        def f(x): return x + 1
        for i in range(100): f(i)
        print(whipsnake.is_enabled(), whipsnake.is_compiled(f))
        """
    assert runner.snippet(text, env={"WHIPSNAKE": "0"}) == "False False\n"
    assert runner.snippet(text, env={"WHIPSNAKE": "1"}) == "True True\n"


def test_threshold_is_honoured(runner: Runner) -> None:
    assert "hot" not in compiled(runner, {"WHIPSNAKE_THRESHOLD": "1000000", "WHIPSNAKE_SYNC": "1"})
    assert "hot" in compiled(runner, {"WHIPSNAKE_THRESHOLD": "50", "WHIPSNAKE_SYNC": "1"})


def test_reference_backend_compiles_too(runner: Runner) -> None:
    assert "hot" in compiled(runner, {**EAGER, "WHIPSNAKE_BACKEND": "reference"})


def test_dump_prints_stages_of_the_named_function_only(runner: Runner) -> None:
    runner.write("two.py", "def first(a):\n    return a + 1\ndef second(a):\n    return a + 2\nfirst(1)\nsecond(2)\n")
    result = runner.whipsnake("run", "two.py", env={**EAGER, "WHIPSNAKE_DUMP": "ir:first"})
    assert result.returncode == 0 and result.stdout == ""
    assert "first" in result.stderr and "second" not in result.stderr


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("WHIPSNAKE_TRESHOLD", "", "threshold"),
        ("WHIPSNAKE_THRESHOLD", "0", "1"),
        ("WHIPSNAKE_THRESHOLD", "many", "whole number"),
        ("WHIPSNAKE_SYNC", "yes", "0 or 1"),
        ("WHIPSNAKE_STRATEGY", "tracing", "method"),
        ("WHIPSNAKE_BACKEND", "llvm", "cranelift"),
        ("WHIPSNAKE_EXIT_EVERY", "-1", "0"),
        ("WHIPSNAKE_DUMP", "hir:f", "ir"),
        ("WHIPSNAKE_CODE_CAP", "1", "4096"),
        ("WHIPSNAKE", "maybe", "0"),
    ],
)
def test_unknown_variables_and_bad_values_are_errors(runner: Runner, variable: str, value: str, expected: str) -> None:
    runner.write("hot.py", HOT)
    result = runner.whipsnake("run", "hot.py", env={variable: value})
    assert result.returncode == 2 and result.stdout == ""
    assert "Traceback" not in result.stderr
    assert variable in result.stderr and value in result.stderr and expected in result.stderr


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ("tresh=5", ("tresh", "threshold")),
        ("threshold=0", ("threshold", "0")),
        ("threshold='many'", ("threshold", "many")),
        ("backend='llvm'", ("backend", "llvm", "cranelift")),
        ("sync=2", ("sync", "2")),
    ],
)
def test_unknown_keywords_and_bad_values_raise(runner: Runner, keywords: str, words: tuple[str, ...]) -> None:
    text = f"""
        import whipsnake
        try:
            whipsnake.enable({keywords})
        except (TypeError, ValueError) as error:
            print(error, whipsnake.is_enabled())
        """
    result = runner.text(text)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith(" False\n")
    for word in words:
        assert word in result.stdout


def test_keywords_win_over_variables(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable(threshold=10, sync=True)
        def f(x): return x + 1
        for i in range(9): f(i)
        before = whipsnake.is_compiled(f)
        for i in range(20): f(i)
        print(before, whipsnake.is_compiled(f))
        """
    assert runner.snippet(text, env={"WHIPSNAKE_THRESHOLD": "1000000"}) == "False True\n"


def test_code_cap_bounds_memory_and_programs_go_on(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        total = 0
        for k in range(300):
            space = {}
            exec(f"def f(n):\\n    t = {k}\\n    for i in range(n): t += i * {k}\\n    return t", space)
            total += space["f"](30)
            kept = kept + [space["f"]] if k else [space["f"]]
        print(total, sum(f(3) for f in kept))
        """
    assert runner.snippet(text, env={"WHIPSNAKE_CODE_CAP": "65536"}) == runner.snippet(text, env={"WHIPSNAKE": "0"})
