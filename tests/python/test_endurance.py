"""The programs of tests/endurance in short: each must be able to end well, and say how far it came."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "run_endurance.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(("condition", "scale", "end"), [("forks", "0.004", "40 forks"), ("threads", "0.003", "64 threads"), ("signals", "0.003", "signals")])
def test_conditions_in_short(condition: str, scale: str, end: str) -> None:
    done = run(condition, "--scale", scale)
    assert (done.returncode, done.stderr) == (0, "")
    assert end in done.stdout and done.stdout.splitlines()[-1] == "1 passed, 0 failed"


def test_misuse_is_refused() -> None:
    for arguments, words in (["fork"], ("'fork'", "forks")), (["--scale", "0"], ("--scale 0", "above 0")):
        done = run(*arguments)
        assert done.returncode == 2 and all(word in done.stderr for word in words)
