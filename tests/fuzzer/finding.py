"""What a campaign leaves behind of a difference: the program made small, and what is known of it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from corpus_runner.execution import base_environment, reproduction
from corpus_runner.programs import PREFIX

from .fleet import Fleet
from .trial import Difference

BISECT_SECONDS = 300


@dataclass(frozen=True)
class Finding:
    """A confirmed difference."""

    program: Path
    """The small program, with a corpus header."""
    difference: Difference

    @property
    def report(self) -> Path:
        """The file with all that is known of it."""
        return self.program.with_suffix(".txt")


def signature(difference: Difference) -> str:
    """What differences of one cause mostly have in common: the kind, and the words of the first lines that differ."""
    changed = [line for line in difference.problems if line.startswith(("-", "+")) and not line.startswith(("---", "+++"))]
    words = re.sub(r"\d+|'[^']*'", "#", " ".join(line[:100] for line in changed[:2]))
    return f"{difference.kind} {words}"


def save(directory: Path, text: str, original: str, difference: Difference, fleet: Fleet, origin: str) -> Finding:
    """Writes the program, the one that it was made of, and the report."""
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{difference.kind.replace(' ', '_')}_{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    program = directory / f"{name}.py"
    header = "" if text.startswith(PREFIX) else f"{PREFIX}\n"
    program.write_text(header + text, encoding="utf-8")
    (directory / f"{name}.original").write_text(original, encoding="utf-8")
    command = fleet.command(program, difference.mode)
    finding = Finding(program, difference)
    finding.report.write_text(
        "\n".join(
            [
                f"{difference.kind} in mode {difference.mode.name}; made from {origin}",
                *difference.problems,
                f"again: {reproduction(command, difference.variables, directory)}",
                f"plain: {reproduction([fleet.python, str(program)], {}, directory)}",
                "",
                bisect(program, difference, fleet.python),
            ]
        ),
        encoding="utf-8",
    )
    return finding


def bisect(program: Path, difference: Difference, python: str) -> str:
    """Which functions and passes the difference needs, as ``whipsnake bisect`` tells it."""
    listed = program.with_suffix(".functions")
    command = [python, "-m", "whipsnake", "bisect", "--output", str(listed), "--", str(program)]
    try:
        done = subprocess.run(
            command,
            env={**base_environment(), **difference.variables},
            cwd=program.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BISECT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"whipsnake bisect found nothing within {BISECT_SECONDS} s{os.linesep}"
    return done.stdout or done.stderr
