"""Only code that was met running is listened to, and what runs seldom is not counted; what becomes hot later is found all the same."""

from __future__ import annotations

import json

PROGRAM = """
    import json
    import sys
    import time
    import whipsnake

    whipsnake.enable()

    def seldom(a):
        return a + 1

    def often(a):
        return a + 2

    def listens(function):
        return sys.monitoring.get_local_events(sys.monitoring.OPTIMIZER_ID, function.__code__) != 0

    @whipsnake.never
    def call_slowly(count):
        for i in range(count):
            time.sleep(0.001)
            seldom(i)

    @whipsnake.never
    def call_until_compiled(function, seconds):
        end = time.monotonic() + seconds
        while not whipsnake.is_compiled(function) and time.monotonic() < end:
            for i in range(1000):
                function(i)
        return whipsnake.is_compiled(function)
"""

PATIENT = {"WHIPSNAKE_THRESHOLD": "1000", "WHIPSNAKE_SYNC": "0", "WHIPSNAKE_TRIAL": "off"}


def run(runner, text: str, **env: str):
    """The JSON that a program prints which compiles in the background. Comparisons of the program as a whole would listen again, too."""
    return json.loads(runner.snippet(PROGRAM + text, env={**PATIENT, **env}))


def test_what_becomes_hot_after_a_pause_is_compiled(runner) -> None:
    text = """
    call_slowly(200)
    print(json.dumps([whipsnake.is_compiled(seldom), call_until_compiled(seldom, 30), seldom(1)]))
    """
    assert run(runner, text, WHIPSNAKE_THRESHOLD="150") == [False, True, 2]


def test_what_is_called_often_needs_no_pause(runner) -> None:
    text = "\n    print(json.dumps([call_until_compiled(often, 30), often(1)]))\n"
    assert run(runner, text) == [True, 3]


def test_everything_is_counted_where_nothing_can_wake_it(runner) -> None:
    text = """
    call_slowly(200)
    print(json.dumps(whipsnake.is_compiled(seldom)))
    """
    assert run(runner, text, WHIPSNAKE_THRESHOLD="150", WHIPSNAKE_SYNC="1") is True
    assert run(runner, text, WHIPSNAKE_THRESHOLD="99") is True


def test_pauses_outlast_forks(runner) -> None:
    text = """
    import os

    call_slowly(100)
    child = os.fork()
    if child == 0:
        os._exit(0 if call_until_compiled(seldom, 30) else 1)
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), call_until_compiled(seldom, 30)]))
    """
    assert run(runner, text, WHIPSNAKE_THRESHOLD="150") == [0, True]


def test_tools_that_switch_events_off_keep_them_off(runner) -> None:
    text = """
    import sys

    heard = []
    monitoring = sys.monitoring
    monitoring.use_tool_id(1, "test")
    monitoring.register_callback(1, monitoring.events.PY_RETURN, lambda *_: heard.append(1) or monitoring.DISABLE)
    monitoring.set_local_events(1, often.__code__, monitoring.events.PY_RETURN)
    often(1)
    call_slowly(100)
    time.sleep(1.0)
    for i in range(100):
        seldom(i)
        often(i)
    first = len(heard)
    monitoring.free_tool_id(1)
    print(json.dumps([first, call_until_compiled(seldom, 30)]))
    """
    assert run(runner, text, WHIPSNAKE_THRESHOLD="150") == [1, True]


def test_what_was_traced_is_compiled_later(runner) -> None:
    # Under a trace function events lead to nothing, and are switched off.
    text = """
    import sys

    def trace(frame, event, argument):
        return trace

    sys.settrace(trace)
    for i in range(3000):
        often(i)
    sys.settrace(None)
    print(json.dumps([whipsnake.is_compiled(often), call_until_compiled(often, 30), often(1)]))
    """
    assert run(runner, text) == [False, True, 3]


def test_code_that_was_never_met_has_no_events(runner) -> None:
    text = """
    seldom(1)
    compiled = call_until_compiled(often, 30)
    print(json.dumps([compiled, listens(often), listens(seldom)]))
    """
    assert run(runner, text) == [True, True, False]


def test_nothing_is_left_behind_by_disable(runner) -> None:
    text = """
    call_until_compiled(often, 30)
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
    thread = threading.Thread(target=lambda: seen.append(call_until_compiled(often, 30)))
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
        os._exit(0 if call_until_compiled(often, 30) else 1)
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), call_until_compiled(often, 30)]))
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

    call_until_compiled(often, 30)
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
    print(json.dumps([call_until_compiled(often, 30), listens(often)]))
    """
    result = runner.text(PROGRAM + text, env={**PATIENT, "WHIPSNAKE_FAULT": "thread:1+"})
    assert result.returncode == 0, result
    assert json.loads(result.stdout) == [True, False], result
    assert result.stderr.count("\n") == 1, result


def test_refused_events_are_told_seldom(runner) -> None:
    text = """
    end = time.process_time() + 1
    while time.process_time() < end:
        seldom(often(1))
    print(json.dumps([whipsnake.is_compiled(often), listens(often), seldom(1)]))
    """
    result = runner.text(PROGRAM + text, env={**PATIENT, "WHIPSNAKE_FAULT": "events:1+"})
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
