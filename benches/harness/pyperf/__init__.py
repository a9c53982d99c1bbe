"""Stands in for pyperf, so that pyperformance's programs run unmodified and in one process.

pyperf starts many short processes; a compiler wants one that is watched until it is steady. This runner warms up
for a fixed time and then takes samples. It implements the part of pyperf's interface that benchmark programs use.
`cargo xtask bench` tells it when to do what, so that several interpreters are measured in turn, and sets these variables:

    BENCH_TURNS           "1": commands come on standard input, answers go to standard output (see `_Turns`)
    BENCH_OUTPUT          the file to write: warm-up, peak memory, what was left out
    BENCH_ONLY            the only benchmark to run, where a program has several
    BENCH_WARMUP          seconds of warm-up per benchmark, at least: it goes on while code is still being compiled, or compared
    BENCH_SAMPLE_TIME     least length of a sample in seconds
    BENCH_CLOCK           "cpu" (of this process) or "wall"
"""

import argparse
import asyncio
import functools
import json
import os
import platform
import sys
import time

__all__ = ["Runner", "perf_counter", "python_has_jit", "python_implementation"]

# Programs may replace these: sphinx keeps its files in memory.
_open = open
_replace = os.replace
_wall = time.perf_counter

perf_counter = time.process_time if os.environ.get("BENCH_CLOCK", "cpu") == "cpu" else time.perf_counter

MOST_WARMUP = 20.0
"""Warm-up ends after this many seconds, although code is still being compiled, or compared with the interpreter."""
QUIET = 1.0
"""Warm-up goes on until neither happened for this many seconds."""
SAMPLES = 8
"""Samples of a benchmark when nobody tells how many to take."""


def python_implementation():
    """The interpreter's name in small letters."""
    return platform.python_implementation().lower()


def python_has_jit():
    """Whether the interpreter brings its own just-in-time compiler."""
    return python_implementation() == "pypy"


def _progress():
    """What changes while the compiler gets to know the program."""
    whipsnake = sys.modules.get("whipsnake")
    if not whipsnake or not whipsnake.is_enabled():
        return None
    stats = whipsnake.stats()
    return stats["totals"]["compilations"], stats["program"]["regime"], stats["program"]["trial"]


def _peak_memory():
    """The most memory this process had at one time, in bytes; 0 if the system does not say."""
    try:
        with _open("/proc/self/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class _Turns:
    """Does what `cargo xtask bench` says, a line each; waits in between.

    Before each benchmark its name is told. Then come `warm`, any number of `sample`, and `end`; the first two are answered once they are
    done, with the seconds since the first iteration or those of an iteration. A second `warm`, with a number, warms up further, for so many
    seconds in all. Answers begin with `ANSWER`.
    """

    ANSWER = "bench-harness:"

    def __init__(self):
        # The benchmark's own input and output are others from now on, and so are those of the processes that it starts.
        del os.environ["BENCH_TURNS"]
        self._commands = _open(os.dup(0), encoding="ascii")
        self._answers = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)

    def tell(self, answer):
        os.write(self._answers, f"\n{self.ANSWER} {answer}\n".encode())

    def command(self):
        """The next command; `end` if nobody is there any more."""
        return self._commands.readline().strip() or "end"


class _Alone:
    """The same where nobody tells what to do."""

    def __init__(self):
        self._left = []

    def tell(self, answer):
        pass

    def command(self):
        self._left = self._left or ["warm", *["sample"] * SAMPLES, "end"]
        return self._left.pop(0)


class Runner:
    """What a benchmark program makes one of."""

    def __init__(self, values=None, processes=None, loops=None, min_time=None, metadata=None, show_name=True,
                 program_args=None, add_cmdline_args=None, _argparser=None, warmups=None):
        self.metadata = dict(metadata or {})
        self.argparser = _argparser or argparse.ArgumentParser(description="Benchmark")
        self.args = None
        self._only = os.environ.get("BENCH_ONLY")
        self._warmup = float(os.environ.get("BENCH_WARMUP", "1"))
        self._sample_time = float(os.environ.get("BENCH_SAMPLE_TIME", "0.1"))
        self._output = os.environ.get("BENCH_OUTPUT")
        self._turns = None
        self._results = {}

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        """Measures calls of `func(*args)`."""
        if args:
            func = functools.partial(func, *args)

        def time_func(loops):
            repeat = range(loops)
            begin = perf_counter()
            for _ in repeat:
                func()
            return perf_counter() - begin

        return self._measure(name, time_func, inner_loops)

    def bench_time_func(self, name, time_func, *args, inner_loops=None, metadata=None):
        """Measures with `time_func(loops, *args)`, which returns the seconds that its loops took."""
        return self._measure(name, lambda loops: time_func(loops, *args), inner_loops)

    def bench_async_func(self, name, func, *args, inner_loops=None, metadata=None, loop_factory=None):
        """Measures awaiting `func(*args)`."""

        async def repeat(loops):
            begin = perf_counter()
            for _ in range(loops):
                await func(*args)
            return perf_counter() - begin

        def time_func(loops):
            if loop_factory is None:
                return asyncio.run(repeat(loops))
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(repeat(loops))

        return self._measure(name, time_func, inner_loops)

    def bench_command(self, name, command):
        """Not measured: the time of another process says nothing about this one."""
        self._results[name] = {"skipped": "measures the time of another process"}
        self._write()

    def _measure(self, name, time_func, inner_loops):
        self.parse_args()
        if self._only and name != self._only:
            return
        if self._turns is None:
            self._turns = _Turns() if os.environ.get("BENCH_TURNS") == "1" else _Alone()
        inner_loops = inner_loops or 1
        warmup, samples, loops = [], [], 1
        self._turns.tell(name)
        while (command := self._turns.command()) != "end":
            if command.startswith("warm"):
                least = float(command.removeprefix("warm") or self._warmup)
                loops = self._warm_up(time_func, inner_loops, warmup, least, loops)
                self._turns.tell(warmup[-1][0])
            else:
                samples.append(time_func(loops) / loops / inner_loops)
                self._turns.tell(samples[-1])
        self._results[name] = {"warmup": warmup, "samples": samples, "loops": loops}
        self._write()

    def _warm_up(self, time_func, inner_loops, curve, least, loops):
        """Runs for the least number of seconds in all and until the program is steady: the number of loops of a sample. Extends the curve of
        times since the start and per loop."""
        begin = _wall() - (curve[-1][0] if curve else 0)
        progress, changed = None, begin
        while True:
            seconds = time_func(loops)
            elapsed = _wall() - begin
            curve.append([elapsed, seconds / loops / inner_loops])
            if elapsed >= least and len(curve) >= 2:
                before, progress = progress, _progress()
                if progress != before or progress and progress[2] != "waiting":
                    changed = _wall()
                if _wall() - changed >= QUIET or elapsed >= MOST_WARMUP:
                    break
            # Short steps, so that the curve shows when the program became fast.
            if seconds < self._sample_time / 4:
                loops *= 2
            elif seconds > self._sample_time and loops > 1:
                loops //= 2
        return max(1, round(self._sample_time / max(seconds / loops, 1e-9)))

    def _write(self):
        """Rewrites the output after each benchmark: what was measured survives a later crash."""
        report = {"python": sys.version, "peak_memory": _peak_memory(), "benchmarks": self._results}
        if self._output is None:
            print(json.dumps(report, indent=1))
            return
        temporary = f"{self._output}.new"
        with _open(temporary, "w", encoding="utf-8") as file:
            json.dump(report, file)
        _replace(temporary, self._output)
