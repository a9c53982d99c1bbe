"""Functions that are made anew by each call of another one: each runs natively once their code is compiled."""

from __future__ import annotations

import json

from conftest import WARM

PROGRAM = """
    import gc
    import json
    import whipsnake

    whipsnake.enable()

    def make(step):
        def count(n):
            return 0 if n <= 0 else count(n - step) + 1
        return count

    @whipsnake.never
    def call(n):
        # The interpreter specialises this call for the version that functions of one code start with.
        function = make(1)
        return function(n)

    for _ in range(300):
        call(0)

    def entries():
        return sum(u["entries"] for u in whipsnake.stats()["units"] if u["name"].endswith("count") and u["kind"] == "function")

    def entered(n):
        before = entries()
        assert call(n) == n
        return entries() > before
"""


def run(runner, text: str):
    """The JSON that a program prints."""
    return json.loads(runner.snippet(PROGRAM + text, env=WARM))


def test_calls_that_were_specialised_before_enter_native_code(runner) -> None:
    text = """
    whipsnake.compile(make(1))
    print(json.dumps([entered(n) for n in (3, 0, 2)]))
    """
    assert run(runner, text) == [True] * 3


def test_functions_made_while_native_code_is_off_are_interpreted(runner) -> None:
    text = """
    whipsnake.compile(make(1))
    answers = [entered(2)]
    whipsnake.disable()
    answers.append(entered(2))
    for _ in range(300):
        call(1)
    whipsnake.enable()
    answers.append(entered(2))
    print(json.dumps(answers))
    """
    assert run(runner, text) == [True, False, True]


def test_code_and_functions_without_versions_die(runner) -> None:
    text = """
    total = 0
    for index in range(200):
        space = {}
        exec("def make(step):\\n def inner(n):\\n  return n + step if n >= 0 else abs(n)\\n return inner", space)
        make_one = space["make"]
        whipsnake.compile(make_one(1))
        functions = [make_one(step) for step in range(5)]
        total += sum(function(index) for function in functions)
        space.clear()
        del make_one, functions
        gc.collect()
        # What is made meanwhile takes the place of what has died.
        others = [eval(f"lambda n: n + {step}") for step in range(5)]
        total += sum(other(1) for other in others)
    print(json.dumps(total))
    """
    assert run(runner, text) == sum(5 * index + 10 for index in range(200)) + 200 * 15
