"""The main switch and the options: each is honoured or refused, never ignored."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from conftest import EAGER, WARM, Runner

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus_runner import modes  # noqa: E402

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
        ("WHIPSNAKE_EXIT_LIMIT", "-1", "whole number"),
        ("WHIPSNAKE_ONLY", "absent.txt", "filename:firstlineno:qualname"),
        ("WHIPSNAKE_ONLY", "hot.py", "line 1"),
        ("WHIPSNAKE_SAMPLE", "101:1", "percent:seed"),
        ("WHIPSNAKE_SKIP_PASS", "lowering", "licm"),
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


CALLS = """\
def inner(x):
    return x * 3


def outer(n):
    return sum([inner(i) for i in range(n)])


def items(n):
    for i in range(n):
        yield inner(i)


def looping(n):
    total = 0
    for item in items(n):
        total += item
    return total


for _ in range(60):
    answer = outer(50), looping(50)
print(answer)
"""


def in_native_code(runner: Runner, env: dict[str, str]) -> dict[str, dict]:
    """Units with native code of a run of CALLS, by name and kind; checks that the program's answer is right."""
    script = runner.write("calls.py", CALLS)
    statistics = runner.directory / "statistics.json"
    result = runner.whipsnake("run", str(script), env={**WARM, **env, "WHIPSNAKE_STATS_JSON": str(statistics)})
    assert (result.stdout, result.stderr, result.returncode) == ("(3675, 3675)\n", "", 0)
    units = json.loads(statistics.read_text())["units"]
    return {f"{unit['name']} {unit['kind']}": unit for unit in units if unit["code_bytes"] and unit["filename"] == str(script)}


def functions(units: dict[str, dict]) -> set[str]:
    """Names of all functions that are in native code, alone or inlined."""
    return {unit["name"] for unit in units.values()} | {name for unit in units.values() for name in unit["inlined"]}


def test_only_the_listed_functions_are_compiled_and_inlined(runner: Runner) -> None:
    every = in_native_code(runner, {})
    assert {"outer function", "items resume"} <= every.keys() and "inner" in every["outer function"]["inlined"]
    keys = {unit["key"] for unit in every.values()} | {key for unit in every.values() for key in unit["inlined_keys"]}
    script = runner.directory / "calls.py"
    assert {f"{script}:1:inner", f"{script}:5:outer", f"{script}:9:items", f"{script}:14:looping", f"{script}:1:<module>"} == keys
    chosen = runner.write("only.txt", "")
    for name in ("inner", "outer", "items", "looping", "<module>"):
        chosen.write_text(f"# one of them\n\n{next(key for key in keys if key.endswith(':' + name))}\n")
        assert functions(in_native_code(runner, {"WHIPSNAKE_ONLY": str(chosen)})) == {name}
    chosen.write_text("\n".join(keys))
    assert functions(in_native_code(runner, {"WHIPSNAKE_ONLY": str(chosen)})) == functions(every)
    chosen.write_text("# nothing\n")
    assert functions(in_native_code(runner, {"WHIPSNAKE_ONLY": str(chosen)})) == set()


def test_functions_that_are_not_listed_cannot_be_compiled_by_request(runner: Runner) -> None:
    runner.write("only.txt", "<string>:2:listed\n")
    text = """
        def listed(): pass
        def other(): pass
        import whipsnake
        whipsnake.enable(only="only.txt")
        whipsnake.compile(listed)
        try:
            whipsnake.compile(other)
        except RuntimeError as error:
            print(whipsnake.is_compiled(listed), whipsnake.is_compiled(other), error)
        """
    assert runner.snippet(text) == "True False other was not compiled: not in the file that WHIPSNAKE_ONLY names\n"


def test_samples_divide_the_functions(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        compiled = []
        for k in range(100):
            space = {}
            exec(f"def f{k}(): return {k}", space)
            function = space[f"f{k}"]
            for i in range(3): function()
            if whipsnake.is_compiled(function): compiled.append(k)
        print(*compiled)
        """
    small, large, other = (
        set(runner.snippet(text, env={"WHIPSNAKE_SAMPLE": sample}).split()) for sample in ("30:1", "70:1", "30:2")
    )
    assert 15 <= len(small) <= 45 and 55 <= len(large) <= 85
    assert small < large and small != other


def test_each_pass_can_be_left_out(runner: Runner) -> None:
    runner.write("hot.py", HOT)
    for name in modes.PASSES:
        env = {**EAGER, "WHIPSNAKE_SKIP_PASS": name, "WHIPSNAKE_DUMP": "passes:hot"}
        result = runner.whipsnake("run", "hot.py", env=env)
        ran = {line.split()[1] for line in result.stderr.splitlines() if line.startswith("whipsnake: ")}
        assert (result.stdout, ran) == ("499500\n", set(modes.PASSES) - {name})


def test_functions_whose_guards_fail_too_often_are_left_alone(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        def add(a, b): return a + b
        def caller(a, b): return add(a, b)
        for i in range(100): add(1, 2)
        values = [1.5, "x", [1], (2,), 1j, b"y"]
        for i in range(400):
            value = values[i % 6]
            assert add(value, value) == value + value
        unit = next(unit for unit in whipsnake.stats()["units"] if unit["name"] == "add")
        failed = sum(count for reason, count in unit["exits"].items() if reason == "type-guard")
        for i in range(100): caller(1, 2)
        inlined = [unit["inlined"] for unit in whipsnake.stats()["units"] if unit["name"] == "caller"]
        print(whipsnake.is_compiled(add), failed, unit["state"], unit["reason"], inlined)
        """
    env = {"WHIPSNAKE_THRESHOLD": "30"}
    reason = "guards failed 20 times, which is the limit of WHIPSNAKE_EXIT_LIMIT"
    assert runner.snippet(text, env={**env, "WHIPSNAKE_EXIT_LIMIT": "20"}) == f"False 20 left-alone {reason} [[]]\n"
    assert runner.snippet(text, env=env).startswith("True ")


def test_ordinary_exits_do_not_count_for_the_limit(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        def count(n):
            for i in range(n): pass
            raise KeyError(n)
        for i in range(100):
            try: count(5)
            except KeyError: pass
        print(whipsnake.is_compiled(count), sum(sum(unit["exits"].values()) for unit in whipsnake.stats()["units"]) > 50)
        """
    assert runner.snippet(text, env={"WHIPSNAKE_EXIT_LIMIT": "1", "WHIPSNAKE_EXIT_EVERY": "2"}) == "True True\n"
