"""``whipsnake run`` behaves as ``python`` does."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import EAGER, WARM, Runner

SHOW_MAIN = """
    import sys
    print(sys.argv)
    print(__name__, __file__, __package__, type(__loader__).__name__, __spec__ and __spec__.name, __doc__)
    print(sys.path[0], "__main__" in sys.modules, sys.modules["__main__"].__dict__ is globals())
    print(sorted(name for name in globals() if name != "__builtins__"))
    """


def test_script_sees_its_own_arguments_and_main_module(runner: Runner) -> None:
    runner.write("pkg/show.py", SHOW_MAIN)
    result = runner.same("pkg/show.py", "--stats", "-m", "a b", "")
    assert "['pkg/show.py', '--stats', '-m', 'a b', '']" in result.stdout


def test_script_by_absolute_path(runner: Runner) -> None:
    path = runner.write("show.py", SHOW_MAIN)
    assert str(path) in runner.same(str(path), "x").stdout


def test_module_sees_its_own_arguments_and_main_module(runner: Runner) -> None:
    runner.write("pkg/__init__.py", "print('package', __name__)")
    runner.write("pkg/inner.py", SHOW_MAIN)
    assert "pkg.inner" in runner.same("-m", "pkg.inner", "-x", "y").stdout


def test_package_with_main_module(runner: Runner) -> None:
    runner.write("pkg/__init__.py", "")
    runner.write("pkg/__main__.py", SHOW_MAIN)
    assert "pkg.__main__" in runner.same("-m", "pkg", "1").stdout


def test_paths_are_shown_as_python_shows_them(runner: Runner) -> None:
    runner.write("pkg/show.py", SHOW_MAIN)
    runner.write("pkg/__main__.py", SHOW_MAIN)
    (runner.directory / "link.py").symlink_to("pkg/show.py")
    for script in ("./pkg/show.py", "pkg/../pkg/./show.py", "./link.py", "pkg/", "./pkg", str(runner.directory / "pkg")):
        assert runner.same(script).returncode == 0


def test_current_directory_as_program(runner: Runner) -> None:
    runner.write("__main__.py", SHOW_MAIN)
    assert runner.same(".").returncode == 0


def test_directory_and_zip_file_with_main(runner: Runner) -> None:
    path = runner.write("app/__main__.py", "import helper, sys; print(helper.x, sys.argv, __name__, __file__, sys.path[0])")
    runner.write("app/helper.py", "x = 5")
    assert runner.same("app", "arg").stdout.startswith("5 ")
    (runner.directory / "empty").mkdir()
    with zipfile.ZipFile(runner.directory / "empty.zip", "w") as archive:
        archive.writestr("other.py", "")
    with zipfile.ZipFile(runner.directory / "app.zip", "w") as archive:
        archive.write(path, "__main__.py")
        archive.write(path.with_name("helper.py"), "helper.py")
    assert runner.same("app.zip", "arg").stdout.startswith("5 ")
    for name in ("empty", "empty.zip"):
        assert "can't find '__main__' module in" in runner.same(name).stderr


def test_errors_of_a_program_in_an_archive(runner: Runner) -> None:
    with zipfile.ZipFile(runner.directory / "app.zip", "w") as archive:
        archive.writestr("__main__.py", "def f(x): return 1 / x\nfor i in range(50, -1, -1): f(i)\n")
    plain = (runner.directory / "app.zip").read_bytes()
    (runner.directory / "app").write_bytes(b"#!/usr/bin/env python\n" + plain)
    for name in ("app.zip", "app"):
        assert "ZeroDivisionError" in runner.same(name).stderr


def test_command_text(runner: Runner) -> None:
    result = runner.same("-c", "import sys; print(sys.argv, __name__, sys.path[0] == '')", "x", "-y")
    assert result.stdout == "['-c', 'x', '-y'] __main__ True\n"


@pytest.mark.parametrize(
    "command",
    [
        "def f(x):\n  return 1 / x\nf(0)",
        "x = (",
        "import inspect\ndef f(): pass\nprint(inspect.getsource(f))",
        "    if 1:\n        print(\"\"\"a\n       b\"\"\")\n\n   \n    print(2)",
        "\tprint(1)\n  print(2)",
        "raise KeyboardInterrupt",
        "import sys; sys.exit('bye')",
        "class A:\n  def __del__(self): print('gone')\na = A()\nraise ValueError(a.__class__)",
        "import __main__; print(sorted(vars(__main__)), __main__.__dict__ is globals())",
        "",
        "print(1)  # \udcff",
    ],
)
def test_command_text_is_treated_as_python_does(runner: Runner, command: str) -> None:
    runner.same("-c", command)


def test_script_from_standard_input(runner: Runner) -> None:
    result = runner.same("-", "x", stdin="import sys\nprint(sys.argv, sum(i for i in range(100)))\n")
    assert result.stdout == "['-', 'x'] 4950\n"


def test_standard_input_belongs_to_the_program(runner: Runner) -> None:
    runner.write("echo.py", "import sys\nfor line in sys.stdin: print(line.upper(), end='')\nprint(repr(input)[:9])\n")
    assert runner.same("echo.py", stdin="one\ntwo\n").stdout == "ONE\nTWO\n<built-in\n"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("sys.exit(3)", 3),
        ("sys.exit()", 0),
        ("sys.exit('message')", 1),
        ("sys.exit(True)", 1),
        ("raise SystemExit([1])", 1),
        ("sys.exit(256 + 7)", 7),
        ("raise ValueError('v')", 1),
        ("os._exit(9)", 9),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("raise KeyboardInterrupt", -signal.SIGINT),
        ("signal.raise_signal(signal.SIGINT)", -signal.SIGINT),
    ],
)
def test_exit_codes(runner: Runner, statement: str, code: int) -> None:
    runner.write("leave.py", f"import atexit, os, signal, sys\natexit.register(print, 'atexit')\n{statement}\n")
    assert runner.same("leave.py").returncode == code


def test_traceback_of_a_compiled_program_is_the_same_to_the_byte(runner: Runner) -> None:
    runner.write(
        "fail.py",
        """
        def inner(values, k):
            total = 0
            for v in values:
                total += (v
                          / (k - v))
            return total

        def outer(n):
            try:
                return [inner(range(10), k) for k in range(100, n, -1)][-1]
            except ZeroDivisionError as error:
                raise RuntimeError("outer failed") from error

        print(outer(50))
        outer(5)
        """,
    )
    for env in (EAGER, WARM, {**EAGER, "WHIPSNAKE_EXIT_EVERY": "3"}):
        result = runner.same("fail.py", env=env)
        assert result.returncode == 1
        assert "RuntimeError: outer failed" in result.stderr
        assert "whipsnake" not in result.stderr and "runpy" not in result.stderr


def test_traceback_of_a_module(runner: Runner) -> None:
    runner.write("pkg/__init__.py", "")
    runner.write("pkg/inner.py", "def f(x): return 1 / x\nfor i in range(100, -1, -1): f(i)\n")
    result = runner.same("-m", "pkg.inner")
    assert "ZeroDivisionError" in result.stderr and "whipsnake" not in result.stderr


@pytest.mark.parametrize("text", ["def f(:\n", "if 1:\nx = 2\n", "x = '\0'\n", "# coding: nonsense\nx = 1\n", "return 5\n"])
def test_script_that_does_not_compile(runner: Runner, text: str) -> None:
    (runner.directory / "broken.py").write_text(text)
    result = runner.same("broken.py")
    assert result.returncode == 1 and "SyntaxError" in result.stderr + "SyntaxError" * ("IndentationError" in result.stderr)


def test_missing_script(runner: Runner) -> None:
    for script in ("missing.py", "./missing.py", "no/such.py"):
        result = runner.same(script)
        assert result.returncode == 2 and "No such file" in result.stderr


def test_modules_that_cannot_be_run(runner: Runner) -> None:
    runner.write("bare/__init__.py", "")
    runner.write("broken/__init__.py", "1 / 0\n")
    runner.write("broken/inner.py", "")
    for module in ("no_such_module", "bare", "bare.inner", "broken", "broken.inner"):
        result = runner.same("-m", module)
        assert result.returncode == 1 and result.stdout == ""


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.abort()",
        "import os, signal\nos.kill(os.getpid(), signal.SIGUSR1)",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nsignal.raise_signal(signal.SIGINT)",
        "import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    raise KeyboardInterrupt\nasyncio.run(main())",
        "import sys\nsys.excepthook = lambda *a: print('hook', a[0])\n1 / 0",
        "import sys\nsys.exit(2**70)",
        "import sys\nsys.stdout.close()",
        "import sys, threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print('t'))).start()\nsys.exit(7)",
        "class A:\n    def __del__(self): print('gone')\na = A()\nimport sys\nsys.exit(4)",
        "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
        "import runpy\nrunpy.run_path('other.py', run_name='__main__')",
        "import sys\nsys.setrecursionlimit(60)\ndef f(n): return 0 if n == 0 else f(n - 1)\n"
        "def reaches(n):\n    try: f(n)\n    except RecursionError: return False\n    return True\nprint([reaches(n) for n in range(70)])",
    ],
)
def test_ends_of_programs(runner: Runner, text: str) -> None:
    runner.write("other.py", "1 / 0\n")
    runner.write("program.py", text + "\n")
    runner.same("program.py")


def test_interrupt_as_a_shell_sees_it(runner: Runner) -> None:
    runner.write("stop/__main__.py", "raise KeyboardInterrupt\n")
    environment = runner.environment(EAGER)
    for program in ("stop/__main__.py", "stop", "-m stop", "-c 'raise KeyboardInterrupt'"):
        command = f"{shlex.quote(sys.executable)} -m whipsnake run {program}; echo $?"
        done = subprocess.run(["sh", "-c", command], cwd=runner.directory, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == "130\n", program
        runner.same(*shlex.split(program))


def test_byte_code_file_as_script(runner: Runner) -> None:
    runner.write("show.py", SHOW_MAIN)
    runner.python("-c", "import py_compile; py_compile.compile('show.py', 'show.pyc')")
    assert runner.same("show.pyc", "x").returncode == 0


def test_frames_below_main_are_those_of_python(runner: Runner) -> None:
    runner.write(
        "depth.py",
        """
        import sys

        def names():
            frame, out = sys._getframe(), []
            while frame:
                out.append(frame.f_code.co_name)
                frame = frame.f_back
            return out

        for _ in range(100):
            names()
        print(names())
        """,
    )
    assert runner.same("depth.py").stdout == "['names', '<module>']\n"


def test_options_of_the_interpreter_stay_in_force(runner: Runner) -> None:
    runner.write("flags.py", "import sys\nprint(sys.flags, sys.warnoptions, __debug__)\nassert False\n")
    flags = ("-O", "-W", "error", "-X", "utf8")
    expected = runner.python(*flags, "flags.py")
    actual = runner.python(*flags, "-m", "whipsnake", "run", "flags.py", env=EAGER)
    assert actual == expected and expected.returncode == 0


def test_warnings_name_the_script(runner: Runner) -> None:
    runner.write("warn.py", "import warnings\ndef f(i):\n    warnings.warn(f'w{i % 2}')\nfor i in range(50): f(i)\n")
    assert runner.same("warn.py").stderr.count("UserWarning") == 2


def test_output_is_flushed_and_broken_pipe_is_handled_as_python_does(runner: Runner) -> None:
    runner.write("many.py", "for i in range(100000): print(i)\n")
    codes = []
    for arguments in (["many.py"], ["-m", "whipsnake", "run", "many.py"]):
        process = runner.start(*arguments, env=EAGER, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "0\n"
        process.stdout.close()
        error = process.stderr.read()
        codes.append((process.wait(), "BrokenPipeError" in error))
        process.stderr.close()
    assert codes[0] == codes[1]


def test_pickle_and_multiprocessing_find_main(runner: Runner) -> None:
    runner.write(
        "pool.py",
        """
        import multiprocessing, pickle

        class Point:
            def __init__(self, x): self.x = x

        def double(p):
            t = 0
            for i in range(100): t += p.x
            return Point(t)

        if __name__ == "__main__":
            print(pickle.loads(pickle.dumps(Point(3))).x)
            for method in ("fork", "spawn", "forkserver"):
                with multiprocessing.get_context(method).Pool(2) as pool:
                    print([p.x for p in pool.map(double, [Point(i) for i in range(4)])])
        """,
    )
    for env in (EAGER, {"WHIPSNAKE_THRESHOLD": "5"}):
        assert runner.same("pool.py", env=env).stdout.count("[0, 100, 200, 300]") == 3


def test_stats_option_reports_on_standard_error(runner: Runner) -> None:
    runner.write("work.py", "def hot(n):\n    t = 0\n    for i in range(n): t += i\n    return t\nprint(hot(1000))\n")
    result = runner.whipsnake("run", "--stats", "work.py", env=EAGER)
    assert (result.stdout, result.returncode) == ("499500\n", 0)
    assert "hot" in result.stderr


def test_options_command_lists_all_with_defaults(runner: Runner) -> None:
    result = runner.whipsnake("options")
    assert result.returncode == 0 and result.stderr == ""
    for variable in ("THRESHOLD", "SYNC", "STRATEGY", "BACKEND", "EXIT_EVERY", "DUMP", "CODE_CAP"):
        assert f"WHIPSNAKE_{variable}" in result.stdout
    assert "cranelift" in result.stdout and "reference" in result.stdout


def test_help_and_misuse(runner: Runner) -> None:
    helped = runner.whipsnake("--help")
    assert helped.returncode == 0 and "run" in helped.stdout and "options" in helped.stdout
    for wrong in (("nonsense",), ("run",), ("run", "--no-such-option", "x.py")):
        result = runner.whipsnake(*wrong)
        assert result.returncode == 2 and result.stdout == "", wrong
        assert "Traceback" not in result.stderr and result.stderr


def test_console_command_is_the_module(runner: Runner) -> None:
    runner.write("show.py", SHOW_MAIN)
    command = Path(sys.executable).with_name("whipsnake")
    found = str(command) if command.exists() else shutil.which("whipsnake")
    if found is None:
        pytest.skip("the package is not installed with its command, only importable")
    done = subprocess.run(
        [found, "run", "show.py", "x"],
        cwd=runner.directory,
        env=runner.environment(EAGER),
        capture_output=True,
        text=True,
        check=False,
    )
    expected = runner.python("show.py", "x")
    assert (done.stdout, done.stderr, done.returncode) == (expected.stdout, expected.stderr, expected.returncode)
