"""Where the JIT cannot work it stays off, says why in one line, and nothing crashes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import EAGER, Runner

SUBINTERPRETER = '''
import sys
try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters
import whipsnake
whipsnake.enable()

def work(n):
    t = 0
    for i in range(n): t += i
    return t

print(work(100), flush=True)
for config in ("isolated", "legacy"):
    other = _interpreters.create(config)
    failure = _interpreters.exec(other, """if True:
        import sys
        try:
            import whipsnake
            whipsnake.enable()
            print("no error", whipsnake.is_enabled())
        except Exception as error:
            assert "\\\\n" not in str(error), error
            print("refused", "interpreter" in str(error))
        def work(n):
            t = 0
            for i in range(n): t += i
            return t
        print(work(200))
        sys.stdout.flush()
        """)
    assert failure is None, failure
    _interpreters.destroy(other)
print(work(300), whipsnake.is_enabled())
'''


def test_subinterpreter_is_refused_in_one_line(runner: Runner) -> None:
    result = runner.python("-c", SUBINTERPRETER, env=EAGER)
    assert result.returncode == 0, result
    lines = result.stdout.splitlines()
    assert lines[0] == "4950" and lines[-1] == "44850 True"
    assert [line for line in lines if line == "19900"] == ["19900", "19900"]
    assert "no error True" not in lines
    if "no error False" in lines:
        assert "interpreter" in result.stderr
    assert len(result.stderr.splitlines()) <= 2


@pytest.mark.skipif(sys.version_info < (3, 14), reason="concurrent.interpreters is new in 3.14")
def test_interpreter_pool_beside_the_jit(runner: Runner) -> None:
    runner.write(
        "pool.py",
        """
        from concurrent.futures import InterpreterPoolExecutor

        def work(n):
            t = 0
            for i in range(n): t += i
            return t

        if __name__ == "__main__":
            work(500)
            with InterpreterPoolExecutor(2) as pool:
                print([f.result() for f in [pool.submit(pow, 2, k) for k in range(5)]])
            print(work(500))
        """,
    )
    assert runner.same("pool.py").stdout == "[1, 2, 4, 8, 16]\n124750\n"


def others() -> list[str]:
    """Pythons of this machine that the package is not built for."""
    names = ["python3.8", "python3.11", "python3.12", "python3.13t", "python3.14t", "python3.15", "pypy3"]
    found = [path for path in map(shutil.which, names) if path]
    return [path for path in found if subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0]


def python_part_alone(runner: Runner) -> dict[str, str]:
    """A copy of the package without its native part, and the variables with which it is found."""
    source = Path(subprocess.check_output([sys.executable, "-c", "import whipsnake; print(whipsnake.__file__)"], text=True).strip()).parent
    shutil.copytree(source, runner.directory / "alone/whipsnake", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    return {"PYTHONPATH": str(runner.directory / "alone")}


@pytest.mark.parametrize("python", [sys.executable, *others()])
def test_without_native_part_programs_run_and_one_line_says_why(runner: Runner, python: str) -> None:
    env = runner.environment(python_part_alone(runner))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, *arguments], cwd=runner.directory, env=env, capture_output=True, text=True, check=False)

    runner.write("program.py", "import sys\nprint(sys.argv, __name__, sys.flags.optimize)\nsys.exit(3)\n")
    expected = run("-O", "program.py", "-x", "y")
    actual = run("-O", "-m", "whipsnake", "run", "--stats", "program.py", "-x", "y")
    assert expected.returncode == 3
    assert (actual.stdout, actual.returncode) == (expected.stdout, 3)
    assert len(actual.stderr.splitlines()) == 1 and "whipsnake stays off: whipsnake " in actual.stderr
    enabled = run("-c", "import whipsnake; whipsnake.enable(); print(whipsnake.is_enabled(), whipsnake.stats()['units'])")
    assert enabled.stdout == "False []\n" and "RuntimeWarning: whipsnake stays off: " in enabled.stderr
    version = run("-m", "whipsnake", "version")
    assert version.returncode == 1 and len(version.stdout.splitlines()) == 2
    options = run("-m", "whipsnake", "options")
    assert options.returncode == 2 and len(options.stderr.splitlines()) == 1


def test_native_part_that_cannot_be_loaded(runner: Runner) -> None:
    env = python_part_alone(runner)
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    (runner.directory / "alone/whipsnake" / f"_native{suffix}").write_bytes(b"no library")
    result = runner.whipsnake("run", "-c", "print(1)", env=env)
    assert (result.stdout, result.returncode) == ("1\n", 0)
    assert "cannot be loaded" in result.stderr and len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(not (hasattr(sys, "_jit") and sys._jit.is_available()), reason="this Python has no compiler of its own")
def test_builtin_jit_is_named(runner: Runner) -> None:
    result = runner.whipsnake("run", "-c", "print(1)", env={"PYTHON_JIT": "1"})
    assert (result.stdout, result.returncode) == ("1\n", 0)
    assert "PYTHON_JIT=0" in result.stderr and len(result.stderr.splitlines()) == 1


def test_embedded_tools_may_clear_watchers(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        try:
            import _testcapi
        except ImportError:
            print("skip")
            raise SystemExit
        K = 1
        def f(n):
            t = 0
            for i in range(n): t += K
            return t
        f(100)
        for i in range(FIRST, 8):
            try:
                _testcapi.clear_dict_watcher(i)
            except ValueError:
                pass
        print("cleared")
        """
    # Watcher 0 is the interpreter's own. Without it 3.13.0 reports an error of its own as it ends, with native code or without.
    output = runner.snippet(text.replace("FIRST", "1"))
    if output == "skip\n":
        pytest.skip("this Python has no _testcapi")
    assert output == "cleared\n"
    text = text.replace("FIRST", "0")
    assert runner.text(text, env=EAGER) == runner.text(text, env={"WHIPSNAKE": "0"})


def test_others_get_the_watchers_that_they_get_without_us(runner: Runner) -> None:
    pytest.importorskip("_testcapi")
    text = """
import _testcapi

def watch(): pass

dicts, types, functions = _testcapi.add_dict_watcher(0), _testcapi.add_type_watcher(0), _testcapi.add_func_watcher(watch)
print(dicts, types, functions)
_testcapi.clear_dict_watcher(dicts)
_testcapi.clear_type_watcher(types)
_testcapi.clear_func_watcher(functions)
"""
    result = runner.same("-c", text)
    assert (result.returncode, len(result.stdout.split())) == (0, 3)
