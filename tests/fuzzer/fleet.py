"""Running programs in many modes quickly, by one server per mode, and singly, as a user would."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from corpus_runner.execution import Outcome, base_environment, execute
from corpus_runner.modes import Mode

from . import reasons

SERVER = Path(__file__).resolve().parent / "server.py"

REUSE = 400
"""Programs per server; then it is started anew, and draws the numbers that its mode leaves open once more."""

SECONDS = 4.0
"""Time limit of a program with plain Python; slower ones are not used."""

SECONDS_COMPILED = 60.0
"""Time limit in the other modes, and of single commands: not reached by what only compiles much on a busy machine."""

MEGABYTES = 1024

PLAIN = Mode("plain", "plain Python", under_whipsnake=False)


@dataclass
class Fleet:
    """Runs programs with one Python, one at a time."""

    python: str
    scratch: Path
    """For output of programs and as their working directory; must exist."""
    seed: int
    """From which modes draw their numbers."""
    servers: dict[str, _Server] = field(default_factory=dict)
    runs: int = 0
    exits: Counter[str] = field(default_factory=Counter)
    """By reason, of programs that servers ran."""

    def environment(self, mode: Mode) -> dict[str, str]:
        """Variables of a mode as its next run has them."""
        server = self.servers.get(mode.name)
        return self._drawn(mode) if server is None else server.variables

    def _drawn(self, mode: Mode) -> dict[str, str]:
        return mode.environment(mode.name, self.seed + self.runs // REUSE)

    def run(self, program: Path, mode: Mode = PLAIN) -> Outcome:
        """Runs a program by the mode's server."""
        server = self.servers.get(mode.name)
        reused = server is not None and server.used < REUSE
        return self.run_with(program, mode, server.variables if server is not None and reused else self._drawn(mode))

    def run_with(self, program: Path, mode: Mode, variables: dict[str, str]) -> Outcome:
        """Runs a program by a server of the mode with that environment."""
        server = self.servers.get(mode.name)
        if server is not None and (server.used >= REUSE or server.variables != variables):
            server.stop()
            server = None
        if server is None:
            server = self.servers[mode.name] = _Server(self.python, mode, variables, self.scratch)
        self.runs += 1
        try:
            outcome = server.run(program, SECONDS_COMPILED if mode.under_whipsnake else SECONDS)
            if outcome.returncode is not None and (statistics := server.statistics.read_text(encoding="utf-8")):
                self.exits += reasons.counted(statistics)
            return outcome
        except (BrokenPipeError, ServerEnded):
            del self.servers[mode.name]
            raise ServerEnded(f"the server of mode {mode.name} ended; its directory is {self.scratch}") from None

    def run_alone(self, program: Path, mode: Mode, variables: dict[str, str]) -> Outcome:
        """Runs a program in a process of its own, by the command that `command` shows."""
        self.runs += 1
        return execute(self.command(program, mode), variables, SECONDS_COMPILED, self.scratch)

    def command(self, program: Path, mode: Mode) -> list[str]:
        """The command line of a single run."""
        return [self.python, *(["-m", "whipsnake", "run"] if mode.under_whipsnake else []), str(program)]

    def close(self) -> None:
        """Ends all servers."""
        for server in self.servers.values():
            server.stop()
        self.servers.clear()


class ServerEnded(Exception):
    """A server has ended without being told to."""


class _Server:
    """A process that runs programs in one mode."""

    def __init__(self, python: str, mode: Mode, variables: dict[str, str], scratch: Path) -> None:
        self.variables, self.scratch, self.used = variables, scratch, 0
        self.stdout, self.stderr, self.statistics = (scratch / f"{mode.name}.{stream}" for stream in ("stdout", "stderr", "statistics"))
        self.under_whipsnake = mode.under_whipsnake
        self.process = subprocess.Popen(
            [python, "-W", "ignore", str(SERVER), *(["jit"] if mode.under_whipsnake else [])],
            env={**base_environment(), **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, program: Path, seconds: float) -> Outcome:
        self.used += 1
        request = (program, self.scratch, self.stdout, self.stderr, seconds, MEGABYTES, self.statistics if self.under_whipsnake else "")
        for stream in (self.stdout, self.stderr, self.statistics):
            stream.write_bytes(b"")
        started = time.perf_counter()
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\t".join(map(str, request)).encode() + b"\n")
        self.process.stdin.flush()
        reply = self.process.stdout.readline()
        if not reply:
            raise ServerEnded
        elapsed = time.perf_counter() - started
        status = None if reply == b"timeout\n" else int(reply)
        return Outcome(self.stdout.read_bytes(), self.stderr.read_bytes(), status, elapsed)

    def stop(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
