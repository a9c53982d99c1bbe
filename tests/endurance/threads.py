"""Many threads at the shortest switch interval: each makes, runs and drops functions, and all share some that keep changing."""

from __future__ import annotations

import faulthandler
import sys
import threading
import time

from work import make

THREADS = 64
SWITCH_INTERVAL = 1e-6
ROUND_SECONDS = 120
"""A thread that takes longer for one round hangs."""

step = 1


class Shared:
    """A class that changes while compiled code relies on it."""

    def amount(self, n: int) -> int:
        return n


def shared(n: int) -> tuple[int, int]:
    """Sums that rely on a global and on a class which other threads change."""
    own, object_ = 0, Shared()
    for _ in range(n):
        own += step
    return own, object_.amount(n)


class Threads:
    """The threads and what they have done."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.rounds = [0] * THREADS
        self.errors: list[BaseException] = []

    def body(self, number: int) -> None:
        """What each thread does."""
        global step
        try:
            while (time.monotonic() < self.end or not self.rounds[number]) and not self.errors:
                k = number * 100_003 + self.rounds[number]
                make(k).run(35)
                for _ in range(20):
                    own, amount = shared(25)
                    assert 25 <= own <= 50 and amount in (25, 26), (own, amount)
                step = 1 + k % 2
                if k % 5 == 0:
                    Shared.amount = (lambda self, n: n + 1) if k % 2 else (lambda self, n: n)
                self.rounds[number] += 1
        except BaseException as error:
            self.errors.append(error)
            raise


def main(minutes: float) -> None:
    """Run for so many minutes."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    work = Threads(minutes * 60)
    threads = [threading.Thread(target=work.body, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    while time.monotonic() < work.end and not work.errors:
        time.sleep(min(10, max(0.01, work.end - time.monotonic())))
        print(f"{sum(work.rounds)} rounds", flush=True)
    faulthandler.dump_traceback_later(ROUND_SECONDS, exit=True)
    for thread in threads:
        thread.join()
    faulthandler.cancel_dump_traceback_later()
    assert not work.errors, work.errors
    print(f"{THREADS} threads, {sum(work.rounds)} rounds: all right")


if __name__ == "__main__":
    main(float(sys.argv[1]))
