"""Coverage, profilers and tracers report what they report without the JIT."""

from __future__ import annotations

import importlib.util
import json
import pstats
import sys

import pytest
from conftest import EAGER, WARM, Runner

PROGRAM = """
    def classify(n):
        if n % 15 == 0:
            return "fizzbuzz"
        elif n % 5 == 0:
            return "buzz"
        elif n > 10**6:
            return "never"
        return n

    class Counter:
        def __init__(self): self.seen = {}
        def add(self, key):
            try:
                self.seen[key] += 1
            except KeyError:
                self.seen[key] = 1

    def run(n):
        counter = Counter()
        for i in range(n):
            counter.add(classify(i) if i % 2 else len(str(i)))
        total = sum(x * x for x in range(n) if x % 3)
        return counter.seen, total

    if __name__ == "__main__":
        for _ in range(5):
            seen, total = run(200)
        print(len(seen), total)
    """

needs_coverage = pytest.mark.skipif(importlib.util.find_spec("coverage") is None, reason="needs the package coverage")


@needs_coverage
@pytest.mark.parametrize("branch", [[], ["--branch"]], ids=["lines", "branches"])
@pytest.mark.parametrize("core", ["sysmon", "ctrace", "pytrace"])
def test_coverage_is_the_same(runner: Runner, core: str, branch: list[str]) -> None:
    runner.write("program.py", PROGRAM)
    reports = []
    for prefix, env in ((["-m"], {}), (["-m", "whipsnake", "run", "-m"], EAGER), (["-m", "whipsnake", "run", "-m"], WARM)):
        env = {**env, "COVERAGE_CORE": core}
        done = runner.python(*prefix, "coverage", "run", *branch, "program.py", env=env)
        assert done.returncode == 0 and done.stdout == "83 1764511\n", done
        runner.python("-m", "coverage", "json", "-q", "-o", "report.json")
        reports.append(json.loads((runner.directory / "report.json").read_text())["files"]["program.py"])
    assert reports[0]["executed_lines"] and reports[0]["missing_lines"]
    assert reports[1] == reports[0] and reports[2] == reports[0]


@needs_coverage
def test_coverage_started_inside_a_running_loop(runner: Runner) -> None:
    runner.write(
        "program.py",
        """
        import coverage

        def leaf(x):
            y = x + 1
            return y

        def loop(n, at, cov):
            t = 0
            for i in range(n):
                if i == at:
                    cov.start()
                t += leaf(i)
            return t

        cov = coverage.Coverage(data_file=None)
        loop(200, -1, cov)
        print(loop(300, 250, cov))
        cov.stop()
        print(sorted(cov.get_data().lines(__file__)))
        """,
    )
    for core in ("sysmon", "ctrace"):
        expected = runner.python("program.py", env={"COVERAGE_CORE": core})
        actual = runner.whipsnake("run", "program.py", env={**EAGER, "COVERAGE_CORE": core})
        assert actual == expected and "[" in expected.stdout


@pytest.mark.parametrize("profiler", ["cProfile", "profile"])
def test_profilers_count_the_same_calls(runner: Runner, profiler: str) -> None:
    runner.write("program.py", PROGRAM)
    counts = []
    for prefix, env in ((["-m"], {}), (["-m", "whipsnake", "run", "-m"], EAGER), (["-m", "whipsnake", "run", "-m"], WARM)):
        done = runner.python(*prefix, profiler, "-o", "profile.out", "program.py", env=env)
        assert (done.returncode, done.stdout) == (0, "83 1764511\n"), done
        stats = pstats.Stats(str(runner.directory / "profile.out")).stats
        counts.append(
            {
                (line, name): (primitive, calls)
                for (file, line, name), (primitive, calls, *_) in stats.items()
                if file == "program.py" or file.endswith("/program.py")
            }
        )
    assert counts[0][(1, "classify")] == (500, 500)
    assert counts[1] == counts[0] and counts[2] == counts[0]


def test_trace_module_counts_the_same_lines(runner: Runner) -> None:
    runner.write("program.py", PROGRAM)
    listings = []
    for prefix, env in ((["-m"], {}), (["-m", "whipsnake", "run", "-m"], EAGER)):
        done = runner.python(*prefix, "trace", "--count", "--missing", "-C", "counts", "program.py", env=env)
        assert done.returncode == 0, done
        listings.append((runner.directory / "counts" / "program.cover").read_text())
    assert listings[1] == listings[0] and ">>>>>>" in listings[0]


def test_pdb_script_session(runner: Runner) -> None:
    runner.write("program.py", PROGRAM.replace("total = sum", "breakpoint() if n > 199 else None\n        total = sum"))
    commands = "p n\np len(counter.seen)\nb classify\nup\np seen if 'seen' in dir() else 'unset'\nw\nc\n" + "q\n" * 3
    expected = runner.python("program.py", stdin=commands)
    actual = runner.whipsnake("run", "program.py", env=EAGER, stdin=commands)
    assert "(Pdb)" in expected.stdout
    assert (actual.stdout, actual.returncode) == (expected.stdout, expected.returncode)


def test_doctest_and_unittest_runners(runner: Runner) -> None:
    runner.write(
        "test_program.py",
        '''
        """
        >>> [square(i) for i in range(5)]
        [0, 1, 4, 9, 16]
        >>> square("x")
        Traceback (most recent call last):
        TypeError: can't multiply sequence by non-int of type 'str'
        """
        import unittest

        def square(x):
            return x * x

        class Case(unittest.TestCase):
            def test_many(self):
                for i in range(200):
                    with self.subTest(i=i):
                        self.assertEqual(square(i), i ** 2)
            def test_raises(self):
                with self.assertRaises(TypeError):
                    for x in [1] * 100 + ["s"]:
                        square(x)
        ''',
    )
    result = runner.same("-m", "doctest", "test_program.py")
    assert result.returncode == 0
    done = runner.whipsnake("run", "-m", "unittest", "test_program", env=EAGER)
    assert done.returncode == 0 and "OK" in done.stderr


@pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="needs sys.monitoring")
def test_other_tools_keep_their_ids_and_events(runner: Runner) -> None:
    text = """
        import sys, whipsnake
        mon = sys.monitoring
        free = [i for i in range(6) if mon.get_tool(i) is None]
        whipsnake.enable()
        seen = []
        def leaf(x): return x
        def loop(n):
            for i in range(n): leaf(i)
        loop(200)
        for tool in (0, 1, 2, 3, 4):
            mon.use_tool_id(tool, f"t{tool}")
            mon.register_callback(tool, mon.events.PY_START, lambda code, offset, tool=tool: seen.append((tool, code.co_name)))
            mon.set_events(tool, mon.events.PY_START)
        loop(3)
        for tool in (0, 1, 2, 3, 4):
            mon.set_events(tool, 0)
            mon.free_tool_id(tool)
        mon.restart_events()
        print([seen.count((tool, "leaf")) for tool in range(5)], [seen.count((tool, "loop")) for tool in range(5)])
        loop(200)
        print(len(free))
        """
    assert runner.snippet(text) == "[3, 3, 3, 3, 3] [1, 1, 1, 1, 1]\n6\n"


def test_another_tool_frees_our_tool_id(runner: Runner) -> None:
    text = """
        import sys, whipsnake
        whipsnake.enable()
        def work(n):
            t = 0
            for i in range(n): t += i
            return t
        print(work(100))
        sys.monitoring.free_tool_id(5)
        def later(n):
            t = 0
            for i in range(n): t += i
            return t
        print(work(200), later(200), sum(later(10) for _ in range(100)))
        whipsnake.disable()
        print(later(10))
        """
    assert runner.snippet(text) == "4950\n19900 19900 4500\n45\n"


def test_tool_id_already_taken(runner: Runner) -> None:
    text = """
        import sys, warnings
        sys.monitoring.use_tool_id(5, "other")
        import whipsnake
        def work(n):
            t = 0
            for i in range(n): t += i
            return t
        try:
            whipsnake.enable()
        except Exception as error:
            assert "\\n" not in str(error) and str(error), error
        print(work(100), sys.monitoring.get_tool(5), whipsnake.is_enabled())
        """
    result = runner.text(text, env=EAGER)
    assert (result.returncode, result.stdout) == (0, "4950 other False\n"), result
    assert len(result.stderr.splitlines()) <= 2
