"""With the defaults, only code that was met running is listened to."""

from __future__ import annotations

import json

PROGRAM = """
    import json
    import sys
    import time
    import whipsnake

    whipsnake.enable()

    def once(a):
        return a + 1

    def often(a):
        return a + 2

    def listens(function):
        return sys.monitoring.get_local_events(sys.monitoring.OPTIMIZER_ID, function.__code__) != 0

    @whipsnake.never
    def call_until_compiled(function, seconds=30):
        end = time.monotonic() + seconds
        while not whipsnake.is_compiled(function) and time.monotonic() < end:
            for i in range(1000):
                function(i)
        return whipsnake.is_compiled(function)
"""

DEFAULTS = {"WHIPSNAKE_THRESHOLD": "2000", "WHIPSNAKE_SYNC": "0"}


def run(runner, text: str, **env: str):
    """The JSON that a program prints."""
    return json.loads(runner.snippet(PROGRAM + text, env={**DEFAULTS, **env}))


def test_code_that_was_never_met_has_no_events(runner) -> None:
    text = """
    once(1)
    compiled = call_until_compiled(often)
    print(json.dumps([compiled, listens(often), listens(once)]))
    """
    assert run(runner, text) == [True, True, False]


def test_nothing_is_left_behind_by_disable(runner) -> None:
    text = """
    call_until_compiled(often)
    before = listens(often)
    whipsnake.disable()
    off = listens(often)
    whipsnake.enable()
    print(json.dumps([before, off, listens(often), often(1)]))
    """
    assert run(runner, text) == [True, False, True, 3]


def test_threads_are_looked_at_while_the_main_thread_waits(runner) -> None:
    text = """
    import threading

    seen = []
    thread = threading.Thread(target=lambda: seen.append(call_until_compiled(often)))
    thread.start()
    thread.join()
    print(json.dumps(seen))
    """
    assert run(runner, text) == [True]


def test_parent_and_child_are_looked_at_after_a_fork(runner) -> None:
    text = """
    import os

    child = os.fork()
    if child == 0:
        os._exit(0 if call_until_compiled(often) else 1)
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), call_until_compiled(often)]))
    """
    assert run(runner, text) == [0, True]


def test_a_process_that_waits_is_left_in_peace(runner) -> None:
    text = """
    import os

    def wakings():
        counts = []
        for task in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{task}/status") as file:
                status = dict(line.split(":", 1) for line in file)
            if status["Name"].strip() == "whipsnake":
                counts.append(int(status["voluntary_ctxt_switches"]))
        return counts

    call_until_compiled(often)
    before = wakings()
    time.sleep(1.5)
    after = wakings()
    print(json.dumps([len(before), after[0] - before[0]]))
    """
    threads, woken = run(runner, text)
    # The last calls of the interpreter, and the few alarms that are set already.
    assert threads == 1
    assert woken < 20


def test_all_code_is_listened_to_where_there_is_no_thread(runner) -> None:
    text = """
    print(json.dumps([call_until_compiled(often), listens(often)]))
    """
    result = runner.text(PROGRAM + text, env={**DEFAULTS, "WHIPSNAKE_FAULT": "thread:1+"})
    assert result.returncode == 0, result
    assert json.loads(result.stdout) == [True, False], result
    assert result.stderr.count("\n") == 1, result


def test_refused_events_are_told_once(runner) -> None:
    text = """
    end = time.process_time() + 1
    while time.process_time() < end:
        once(often(1))
    print(json.dumps([whipsnake.is_compiled(often), listens(often), once(1)]))
    """
    result = runner.text(PROGRAM + text, env={**DEFAULTS, "WHIPSNAKE_FAULT": "events:1+"})
    assert json.loads(result.stdout) == [False, False, 2], result
    assert result.stderr.count("\n") == 1 and "events" in result.stderr, result


def test_code_of_the_interpreter_itself_is_left_in_peace(runner) -> None:
    # Under the frame of an __init__ lies one that cleans up after it, whose code has no events.
    text = """
    class Item:
        def __init__(self, value):
            self.value = value

    @whipsnake.never
    def make(seconds):
        end = time.process_time() + seconds
        while time.process_time() < end:
            for i in range(1000):
                Item(i)

    make(0.5)
    print(json.dumps(whipsnake.is_compiled(Item.__init__)))
    """
    assert run(runner, text) is True
