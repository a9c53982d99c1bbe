"""``whipsnake bisect`` finds the functions of planted differences, and says when there is nothing to find."""

from __future__ import annotations

import random
import subprocess

import pytest
from conftest import WARM, Result, Runner

bisection = pytest.importorskip("whipsnake.bisection")

SIX = """\
import os
import whipsnake


def a(x): return x + 1
def b(x): return x * 2
def c(x): return x - 2
def d(x): return -x
def e(x): return x ^ 2
def f(x): return b(x) + 1


for i in range(60):
    a(i), b(i), c(i), d(i), e(i), f(i)
compiled = {function.__name__ for function in (a, b, c, d, e, f) if whipsnake.is_compiled(function)}
"""
"""What follows may look at what was compiled: that is the planted difference."""


def bisect(runner: Runner, end: str, *options: str, env: dict[str, str] | None = None) -> Result:
    """Bisects SIX with `end` behind it."""
    runner.write("six.py", SIX + end)
    return runner.whipsnake("bisect", *options, "--", "six.py", env={**WARM, **(env or {})}, timeout=300)


def found(runner: Runner, result: Result) -> list[str]:
    """The qualified names that a search has found, from its output and from the file, which must agree."""
    assert result.returncode == 0, result
    listed = (runner.directory / "whipsnake-only.txt").read_text().splitlines()
    shown = result.stdout.splitlines()
    assert shown[1 : len(listed) + 1] == ["  " + key for key in listed]
    return sorted(key.rpartition(":")[2] for key in listed)


def test_a_set_of_functions_is_found_and_the_command_repeats_the_difference(runner: Runner) -> None:
    result = bisect(runner, 'print("wrong" if compiled >= {"b", "e"} else "right", object())\n')
    assert found(runner, result) == ["b", "e"]
    assert "-right <object object at 0x...>" in result.stdout and "+wrong <object object at 0x...>" in result.stdout
    command = result.stdout.splitlines()[-2].strip()
    again = subprocess.run(command, shell=True, env=runner.environment({}), capture_output=True, text=True, check=True)
    assert again.stdout.startswith("wrong")
    progress = result.stderr.splitlines()
    assert progress and all(line.startswith("whipsnake bisect: ") for line in progress)


def test_a_function_that_is_only_inlined_is_found(runner: Runner) -> None:
    result = bisect(runner, 'print(any("b" in unit["inlined"] for unit in whipsnake.stats()["units"] if unit["name"] == "f"))\n')
    assert found(runner, result) == ["b", "f"]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ('os.abort() if "c" in compiled else None\n', "exit code 0 without the JIT, killed by SIGABRT with it"),
        ('raise SystemExit(3 if "c" in compiled else 4)\n', "exit code 4 without the JIT, exit code 3 with it"),
    ],
)
def test_crashes_and_exit_codes_are_differences(runner: Runner, end: str, words: str) -> None:
    result = bisect(runner, end, "--runs", "1", "--compare", "status")
    assert found(runner, result) == ["c"]
    assert words in result.stdout


def test_reaching_the_time_limit_is_a_difference(runner: Runner) -> None:
    end = 'while "c" in compiled and "WHIPSNAKE_SKIP_PASS" not in os.environ: pass\n'
    result = bisect(runner, end, "--timeout", "4", "--runs", "1", env={"WHIPSNAKE_TRIAL": "off"})
    assert found(runner, result) == ["c"]
    assert "exit code 0 without the JIT, killed at the time limit of 4 s with it" in result.stdout


def test_passes_and_backends_that_make_it_vanish_are_named(runner: Runner) -> None:
    end = 'setting = os.environ.get\nprint("a" in compiled and setting("WHIPSNAKE_SKIP_PASS") != "gvn")\n'
    result = bisect(runner, end, "--runs", "1")
    assert found(runner, result) == ["a"]
    assert "It vanishes without the pass gvn (WHIPSNAKE_SKIP_PASS)." in result.stdout
    assert "It is there with WHIPSNAKE_BACKEND=reference" in result.stdout
    end = 'setting = os.environ.get\nprint("a" in compiled and setting("WHIPSNAKE_BACKEND") != "reference")\n'
    result = bisect(runner, end, "--runs", "1")
    assert "It is there without any single pass" in result.stdout
    assert "It vanishes with WHIPSNAKE_BACKEND=reference" in result.stdout


def test_a_test_decides_instead_of_a_comparison(runner: Runner) -> None:
    end = 'print(os.getpid())\nprint("bad" if "d" in compiled else "good")\n'
    result = bisect(runner, end, "--test", 'grep -q good && test "$BISECT_STATUS" = 0 && test ! -s "$BISECT_STDERR"')
    assert found(runner, result) == ["d"]
    assert "the test ends with exit code 1" in result.stdout
    result = bisect(runner, end, "--test", "grep -q bad")
    assert result.returncode == 1
    assert result.stdout == "whipsnake bisect: the test is not met without the JIT: 3 of 3 runs\n"


def test_functions_of_child_processes_count(runner: Runner) -> None:
    runner.write("child.py", SIX + 'print("a" in compiled)\n')
    text = "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'whipsnake', 'run', 'child.py'])\n"
    runner.write("parent.py", text)
    result = runner.whipsnake("bisect", "--runs", "1", "--", "parent.py", env=WARM, timeout=300)
    assert found(runner, result) == ["a"]


COUNTER = """
count = os.path.getsize("count") if os.path.exists("count") else 0
with open("count", "a") as file: file.write("x")
"""


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("print(1)\n", "no difference in 3 runs"),
        ("print(whipsnake.is_enabled())\n", "differs also with nothing compiled"),
        ("print(os.getpid())\n", "not deterministic: without the JIT, "),
        (COUNTER + "print('a' in compiled and count == 3)\n", "not deterministic: 1 of 3 runs differ"),
        (COUNTER + "print('a' in compiled and count < 8)\n", "not deterministic: 0 of 1 runs differ again with "),
    ],
)
def test_each_other_end_is_told_apart(runner: Runner, end: str, words: str) -> None:
    result = bisect(runner, end, env={"WHIPSNAKE_TRIAL": "off"})
    assert result.returncode == 1 and result.stdout.startswith("whipsnake bisect: " + words), result
    assert not (runner.directory / "whipsnake-only.txt").exists()


def test_compilation_in_the_background_is_made_steady(runner: Runner) -> None:
    # Whether a thread of its own is done in time is not known.
    runner.write("six.py", SIX + 'print("a" in compiled)\n')
    result = runner.whipsnake("bisect", "--", "six.py", env={"WHIPSNAKE_THRESHOLD": "55"}, timeout=300)
    assert found(runner, result) == ["a"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "put -- before it"),
        (("--",), "put -- before it"),
        (("--runs", "0", "--", "x.py"), "--runs 0 is not valid"),
        (("--timeout", "-1", "--", "x.py"), "--timeout -1 is not valid"),
        (("--compare", "colour", "--", "x.py"), "output"),
    ],
)
def test_bad_command_lines_are_refused(runner: Runner, arguments: tuple[str, ...], words: str) -> None:
    result = runner.whipsnake("bisect", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr and "Traceback" not in result.stderr
    off = runner.whipsnake("bisect", "--", "x.py", env={"WHIPSNAKE": "0"})
    assert off.returncode == 2 and "unset it" in off.stderr


def test_minimal_sets_are_minimal() -> None:
    source = random.Random(7)
    for size in (1, 2, 5, 16, 33, 100):
        items = [str(number) for number in range(size)]
        for wanted in range(1, min(size, 4) + 1):
            needed = set(source.sample(items, wanted))
            runs, checked = 0, [True]

            def shows(part: list[str]) -> bool:
                nonlocal runs
                runs += 1
                return needed <= set(part)

            assert set(bisection.minimise(items, shows, lambda part: checked.append(needed <= set(part)))) == needed
            assert all(checked) and runs <= 8 * wanted * size.bit_length() + 4 * wanted**2


def test_masks_hide_addresses_only() -> None:
    assert bisection.masked(b"<f at 0x7f00aa> 0x12") == b"<f at 0x...> 0x12"
