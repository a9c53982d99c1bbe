"""Running programs with plain Python and under whipsnake, each in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

# Shells start background jobs with Control-C ignored, which processes started from here would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

EAGER = {"WHIPSNAKE_THRESHOLD": "1", "WHIPSNAKE_SYNC": "1"}
"""Everything is compiled at its first call or back edge, before that call goes on."""

WARM = {"WHIPSNAKE_THRESHOLD": "30", "WHIPSNAKE_SYNC": "1"}
"""Compiled after 30 calls or back edges, when the interpreter has seen the types."""


@dataclass(frozen=True)
class Result:
    """What a process showed to the world."""

    stdout: str
    stderr: str
    returncode: int


class Runner:
    """Runs interpreters in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.statistics = directory.with_name(f"{directory.name}.statistics.json")
        """What each process writes as it ends, unless a test asks for it elsewhere."""
        self.foreign_code = False
        """True when a library may map writable code of its own, as libffi does for callbacks of `ctypes`."""

    def write(self, name: str, text: str) -> Path:
        """Create a file below the directory."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        """The caller's environment without settings of Python and whipsnake, plus `variables`."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "WHIPSNAKE"))}
        return {**kept, "PYTHONHASHSEED": "0", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **variables}

    def start(self, *arguments: str, env: dict[str, str] | None = None, **options) -> subprocess.Popen:
        """Start this interpreter with `arguments` and do not wait."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.directory,
            env=self.environment(env or {}),
            text=True,
            **options,
        )

    def python(self, *arguments: str, env: dict[str, str] | None = None, stdin: str = "", timeout: float = 60) -> Result:
        """Run this interpreter with `arguments` to its end."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.directory,
            env=self.environment({"WHIPSNAKE_STATS_JSON": str(self.statistics), **(env or {})}),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if self.statistics.exists():
            found = json.loads(self.statistics.read_text(encoding="utf-8")).get("forbidden_mappings", [])
            self.statistics.unlink()
            found = [line for line in found if "memfd:whipsnake" in line or not self.foreign_code]
            assert not found, f"mappings that must not be: {found}"
        return Result(done.stdout, done.stderr, done.returncode)

    def whipsnake(self, *arguments: str, env: dict[str, str] | None = None, stdin: str = "", timeout: float = 60) -> Result:
        """Run ``python -m whipsnake`` with `arguments` to its end."""
        return self.python("-m", "whipsnake", *arguments, env=env, stdin=stdin, timeout=timeout)

    def text(self, text: str, env: dict[str, str] | None = None) -> Result:
        """Run an indented program text with plain Python."""
        return self.python("-c", textwrap.dedent(text), env=env)

    def snippet(self, text: str, env: dict[str, str] | None = None) -> str:
        """Run a snippet with plain Python, which must end well, and return its output.

        The snippet imports whipsnake itself.
        """
        result = self.text(text, env={**EAGER, **(env or {})})
        assert (result.returncode, result.stderr) == (0, ""), result
        return result.stdout

    def same(self, *arguments: str, env: dict[str, str] | None = None, stdin: str = "") -> Result:
        """Run ``python ARGUMENTS`` and ``python -m whipsnake run ARGUMENTS`` and require the same result."""
        expected = self.python(*arguments, stdin=stdin)
        actual = self.whipsnake("run", *arguments, env=EAGER if env is None else env, stdin=stdin)
        assert actual == expected
        return actual


def last_ir(stderr: str, name: str) -> str:
    """What was dumped last of the units of that name."""
    return re.split(rf"^function %{re.escape(name)}(?=\s)", stderr, flags=re.MULTILINE)[-1].split("\n}", 1)[0]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner in an empty directory."""
    return Runner(tmp_path)


def last_unit(runner: Runner, text: str, name: str) -> str:
    """The optimised IR of the last unit of the function, in which everything is known that can be."""
    lines = "\n".join(line[8:] for line in text.splitlines())
    lines += "\nfirst = call()\nfor _ in range(60):\n    assert call() == first\nprint(first)\n"
    return unit_of(runner, lines, name)


def unit_of(runner: Runner, program: str, name: str) -> str:
    """What was dumped last of the function's units, after the program was seen to print what it does without whipsnake."""
    (runner.directory / "program.py").write_text(program, encoding="utf-8")
    expected = runner.python("program.py", env={"WHIPSNAKE": "0"})
    result = runner.whipsnake("run", "program.py", env={**WARM, "WHIPSNAKE_DUMP": f"ir:{name}"})
    assert (result.stdout, result.returncode) == (expected.stdout, 0), result.stderr
    return last_ir(result.stderr, name)
