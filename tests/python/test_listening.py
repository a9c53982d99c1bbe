"""What runs seldom is not counted, so that its events cost nothing; what becomes hot later is found all the same."""

from __future__ import annotations

import json

PROGRAM = """
    import json
    import time
    import whipsnake

    whipsnake.enable()

    def seldom(a):
        return a + 1

    def often(a):
        return a + 2

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


def run(runner, text: str, **env: str):
    """The JSON that a program prints which compiles in the background. Comparisons of the program as a whole would listen again, too."""
    options = {"WHIPSNAKE_THRESHOLD": "1000", "WHIPSNAKE_SYNC": "0", "WHIPSNAKE_TRIAL": "off"}
    return json.loads(runner.snippet(PROGRAM + text, env={**options, **env}))


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
