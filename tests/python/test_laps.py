"""The program as a whole runs in different regimes by turns, and stays in the fastest."""

from __future__ import annotations

import json

import pytest

PATIENT = {"WHIPSNAKE_THRESHOLD": "2000", "WHIPSNAKE_SYNC": "0"}
"""The defaults: a function that is called some hundred times a second is not compiled, and ends laps."""

PROGRAM = """
    import json
    import time
    import whipsnake

    whipsnake.enable()

    def hot(x):
        # Enough for its own trial to end the same way each time.
        a = x * 3 + 1
        b = a * 5 - x
        c = (a + b) * 7 - a * b
        d = (b - c) * 3 + a
        return (a + b) * (c - d) + (a - b) * (c + d)

    def items(count):
        for i in range(count):
            yield i

    @whipsnake.never
    def regime():
        return whipsnake.stats()["program"]["regime"]

    @whipsnake.never
    def entries(name, kind):
        # Loops of an interpreted generator are entered in any regime but "nothing".
        units = whipsnake.stats()["units"]
        return sum(unit["entries"] for unit in units if unit["name"] == name and unit["kind"] == kind)

    def lap(slow):
        # A call of this function takes longer in the regimes that are said to be slow.
        turns = 3 if regime() in slow else 1
        for _ in range(10):
            hot(1)
        sum(items(3))
        end = time.thread_time() + 0.001 * turns
        while time.thread_time() < end:
            pass

    def step(slow):
        # Stays in the interpreter, and is met on the stack: its calls end laps.
        lap(slow)

    @whipsnake.never
    def run(slow, enough, seconds=20):
        # Until that is so, in processor time.
        end = time.process_time() + seconds
        while not enough() and time.process_time() < end:
            step(slow)

    @whipsnake.never
    def compiled():
        return {(unit["name"], unit["kind"]) for unit in whipsnake.stats()["units"] if unit["state"] == "installed"}

    @whipsnake.never
    def prepare():
        # Before the first trial.
        end = time.process_time() + 10
        while not compiled() >= {("hot", "function"), ("items", "resume")} and time.process_time() < end:
            for _ in range(5000):
                hot(1)
                sum(items(3))

    prepare()
"""


def run(runner, text: str, **env: str):
    """The JSON that a program prints."""
    return json.loads(runner.snippet(PROGRAM + text, env={**PATIENT, **env}))


SETTLED = """
    def settled():
        program = whipsnake.stats()["program"]
        return program["trial"] == "waiting" and program["factor"] > 1

    run({slow!r}, settled)
"""


@pytest.mark.parametrize(
    ("slow", "expected"),
    [(["everything", "no-resumptions"], "nothing"), (["everything", "nothing"], "no-resumptions")],
)
def test_the_program_stays_in_the_fastest_regime(runner, slow: list[str], expected: str) -> None:
    text = SETTLED.format(slow=slow) + """
    before = entries("hot", "function"), entries("items", "resume")
    for _ in range(50):
        hot(1)
        sum(items(3))
    after = entries("hot", "function"), entries("items", "resume")
    program = whipsnake.stats()["program"]
    print(json.dumps([program["regime"], program["factor"], before, after]))
    """
    regime, factor, before, after = run(runner, text)
    assert regime == expected
    assert 1.5 < factor < 6
    assert (before[0] != after[0], before[1] != after[1]) == (expected == "no-resumptions", False), (before, after)


def test_a_program_that_comes_to_something_else_is_not_kept_waiting(runner) -> None:
    text = """
    def stands_still():
        program = whipsnake.stats()["program"]
        return program["trial"] == "timing" and program["regime"] == "nothing"

    run([], stands_still)
    found = stands_still()
    begin = time.process_time()
    # No function that may end laps is called again, such as those of `stats()`.
    stats = whipsnake._native.stats
    while '"regime":"nothing"' in stats() and time.process_time() < begin + 10:
        end = time.thread_time() + 0.001
        while time.thread_time() < end:
            pass
    seconds = time.process_time() - begin
    print(json.dumps([found, json.loads(stats())["program"]["regime"], seconds]))
    """
    found, regime, seconds = run(runner, text)
    assert found
    assert regime == "everything"
    # Four times a lap of some 20 ms, as far as processor time is told that finely; 2 s would be the limit of any lap.
    assert seconds < 1


def test_what_other_threads_do_counts(runner) -> None:
    text = """
    import threading

    def step(slow):
        # This thread only waits; each lap is one of new threads.
        worker = threading.Thread(target=lap, args=(slow,))
        worker.start()
        worker.join()
    """
    text += SETTLED.format(slow=["everything", "no-resumptions"]) + """
    program = whipsnake.stats()["program"]
    print(json.dumps([program["regime"], program["factor"]]))
    """
    regime, factor = run(runner, text)
    assert regime == "nothing"
    assert 1.5 < factor < 6


NATIVE = """
    timed = []

    def enough():
        program = whipsnake.stats()["program"]
        if program["trial"] == "timing":
            timed.append(program["regime"])
        return bool(timed) and program["trial"] == "waiting"

    run(["no-resumptions", "nothing"], enough)
"""
"""The program has been tried, and is fastest natively."""


def test_what_is_faster_natively_goes_on_natively(runner) -> None:
    text = NATIVE + """
    print(json.dumps([regime(), sorted(set(timed))]))
    """
    assert run(runner, text) == ["everything", ["everything", "no-resumptions", "nothing"]]


def test_much_new_code_leads_to_a_trial(runner) -> None:
    # What has been found out holds for minutes otherwise.
    text = NATIVE + """
    trials = [whipsnake.stats()["program"]["trial"]]
    namespace = {}
    for number in range(12):
        exec(f"def new{number}(x):\\n    return x * {number} + 1", namespace)
    new = [namespace[f"new{number}"] for number in range(12)]
    end = time.process_time() + 10
    while trials[-1] == "waiting" and time.process_time() < end:
        for function in new:
            for _ in range(3000):
                function(1)
        trials.append(whipsnake.stats()["program"]["trial"])
    print(json.dumps([trials[0], trials[-1]]))
    """
    assert run(runner, text) == ["waiting", "soon"]


def test_loops_are_entered_as_soon_as_native_code_may_run(runner) -> None:
    # Laps that begin without them would tell nothing of them.
    text = """
    steps = []

    def settled():
        program = whipsnake.stats()["program"]
        # Once its loop has run for long, the whole function is compiled.
        steps.append((program["regime"], entries("lap", "loop") + entries("lap", "function")))
        return program["trial"] == "waiting" and program["factor"] > 1

    run(["everything", "no-resumptions"], settled)
    changes = [number for number, (kind, _) in enumerate(steps[:-1]) if kind == "everything" and number and steps[number - 1][0] == "nothing"]
    print(json.dumps([steps[number + 1][1] - steps[number][1] for number in changes]))
    """
    entered = run(runner, text)
    assert entered
    assert all(entered), entered


def test_new_hot_code_ends_the_rest(runner) -> None:
    text = SETTLED.format(slow=["everything", "no-resumptions"]) + """
    rests = regime()
    namespace = {}
    exec("def new(x):\\n    return x * 2", namespace)
    new = namespace["new"]
    end = time.process_time() + 5
    while regime() == "nothing" and time.process_time() < end:
        for _ in range(5000):
            new(1)
    print(json.dumps([rests, regime()]))
    """
    assert run(runner, text) == ["nothing", "everything"]


def test_new_code_that_is_seldom_met_does_not_end_the_rest(runner) -> None:
    text = SETTLED.format(slow=["everything", "no-resumptions"]) + """
    rests = regime()
    namespace = {}
    exec("def new(x):\\n    return x * 2", namespace)
    new = namespace["new"]
    seen = set()
    calls = 0
    end = time.process_time() + 3
    while time.process_time() < end:
        # One part in fifty, and more calls than make code hot.
        begin = time.thread_time()
        while time.thread_time() < begin + 0.0002:
            new(1)
            calls += 1
        lap(["everything", "no-resumptions"])
        if whipsnake.stats()["program"]["trial"] == "waiting":
            seen.add(regime())
    print(json.dumps([rests, sorted(seen), calls > 10000]))
    """
    assert run(runner, text) == ["nothing", ["nothing"], True]


def test_phases_without_laps_do_not_end_the_rest(runner) -> None:
    text = SETTLED.format(slow=["everything", "no-resumptions"]) + """
    rests = regime()
    trials = []
    slow = ["everything", "no-resumptions"]
    end = time.process_time() + 12

    def phase(turns, step):
        # Until the rest is over and there is another one.
        for _ in range(turns):
            step(slow)
            program = whipsnake.stats()["program"]
            if not trials or trials[-1] != program["trial"]:
                trials.append(program["trial"])

    while trials.count("timing") < 2 and time.process_time() < end or trials[-1] == "timing":
        # The first function is the one whose calls end laps.
        phase(60, step)
        phase(30, lap)
    print(json.dumps([rests, regime(), trials]))
    """
    rests, regime, trials = run(runner, text)
    assert (rests, regime) == ("nothing", "nothing"), trials
    assert trials in (["waiting", "timing", "waiting", "timing", "waiting"], ["waiting", "timing", "waiting"]), trials


def test_what_is_asked_for_is_entered(runner) -> None:
    text = SETTLED.format(slow=["everything", "no-resumptions"]) + """
    rests = regime()
    whipsnake.compile(hot)
    before = entries("hot", "function")
    hot(1)
    # Nor does it rest again.
    end = time.process_time() + 6
    run(["everything", "no-resumptions"], lambda: time.process_time() > end)
    print(json.dumps([rests, entries("hot", "function") > before, regime(), whipsnake.stats()["program"]["trial"]]))
    """
    assert run(runner, text) == ["nothing", True, "everything", "waiting"]


def test_it_can_be_switched_off_and_on_at_rest(runner) -> None:
    text = SETTLED.format(slow=["everything", "no-resumptions"]) + """
    rests = regime()
    whipsnake.disable()
    off = regime()
    for _ in range(10):
        hot(1)
    whipsnake.enable()
    before = entries("hot", "function")
    for _ in range(200):
        hot(1)
    print(json.dumps([rests, off, regime(), entries("hot", "function") > before]))
    """
    assert run(runner, text) == ["nothing", "everything", "everything", True]


def test_without_trials_nothing_is_timed(runner) -> None:
    text = """
    seen = set()

    def note():
        program = whipsnake.stats()["program"]
        seen.add((program["regime"], program["trial"]))

    run(["everything"], note, seconds=3)
    print(json.dumps(sorted(seen)))
    """
    assert run(runner, text, WHIPSNAKE_TRIAL="off") == [["everything", "waiting"]]


def test_switching_all_the_time(runner) -> None:
    text = """
    seen = set()
    for i in range(300):
        namespace = {}
        exec("def new(x):\\n    return x * 2", namespace)
        namespace["new"](i)
        seen.add(regime())
        hot(1)
        sum(items(3))
    print(json.dumps([sorted(seen), entries("hot", "function") > 0, entries("items", "resume") > 0]))
    """
    assert run(runner, text, WHIPSNAKE_TRIAL="switch") == [["everything", "no-resumptions", "nothing"], True, True]
