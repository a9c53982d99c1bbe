"""A signal every millisecond, whose handler allocates, calls hot code, and raises through compiled frames every now and then."""

from __future__ import annotations

import signal
import sys
import time

from work import make

INTERVAL = 0.001
"""Seconds from signal to signal."""
RAISES = 50
"""Every so many signals the handler raises."""


class Interruption(Exception):
    """Raised by the handler."""


class Signals:
    """What the handler has seen."""

    def __init__(self) -> None:
        self.seen = self.raised = 0
        self.may_raise = False

    def handler(self, number: int, frame: object) -> None:
        """Counts, computes, and sometimes raises."""
        self.seen += 1
        assert tally([number] * 5) == 5 * number
        if self.may_raise and self.seen % RAISES == 0:
            self.raised += 1
            raise Interruption


def tally(numbers: list[int]) -> int:
    """A sum, in a function that gets hot in handlers and outside."""
    total = 0
    for number in numbers:
        total += number
    return total


def main(minutes: float) -> None:
    """Run for so many minutes."""
    end = last = time.monotonic()
    end += minutes * 60
    signals, k, interrupted = Signals(), 0, 0
    signal.signal(signal.SIGALRM, signals.handler)
    signal.setitimer(signal.ITIMER_REAL, INTERVAL, INTERVAL)
    while time.monotonic() < end:
        k += 1
        work = make(k)
        try:
            try:
                signals.may_raise = True
                work.run(60)
            finally:
                signals.may_raise = False
        except Interruption:
            interrupted += 1
        work.run(2)
        assert tally(list(range(k % 50))) == (k % 50) * (k % 50 - 1) // 2
        if time.monotonic() - last > 10:
            last = time.monotonic()
            print(f"{signals.seen} signals", flush=True)
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert signals.raised >= interrupted > 0, (signals.raised, interrupted)
    print(f"{signals.seen} signals, {interrupted} of them raised through {k} rounds: all right")


if __name__ == "__main__":
    main(float(sys.argv[1]))
