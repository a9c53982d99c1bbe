"""Functions that hand their arguments on: what they call is inlined with them."""

from __future__ import annotations

import json

import pytest
from conftest import WARM

PROGRAM = """
    import json
    import whipsnake

    whipsnake.enable()

    def handing(function):
        def wrapper(*args, **kwargs):
            wrapper.calls += 1
            return function(*args, **kwargs)

        wrapper.calls = 0
        return wrapper

    def with_self(function):
        def wrapper(self, *args, **kwargs):
            return function(self, *args, **kwargs)

        return wrapper

    @handing
    def scaled(x, *, by=1):
        return x * by

    class Scale:
        @with_self
        def scaled(self, x, by=1):
            return x * by

    def run(scale, n):
        total = 0
        for i in range(n):
            total += {call}
        return total

    @whipsnake.never
    def drive():
        return [run(Scale(), 100) for _ in range(300)][-1]

    total = drive()
    inlined = [unit["inlined"] for unit in whipsnake.stats()["units"] if unit["name"] == "run" and unit["kind"] == "function"]
    print(json.dumps([total, inlined, scaled.calls]))
"""


@pytest.mark.parametrize(
    ("call", "names", "calls"),
    [
        ("scaled(i, by=2)", ["handing.<locals>.wrapper", "scaled"], 30_000),
        ("scale.scaled(i, by=2)", ["Scale.scaled", "with_self.<locals>.wrapper"], 0),
    ],
)
def test_what_wrappers_call_with_keywords_is_inlined(runner, call: str, names: list[str], calls: int) -> None:
    total, inlined, called = json.loads(runner.snippet(PROGRAM.replace("{call}", call), env=WARM))
    assert (total, [sorted(some) for some in inlined], called) == (9900, [names], calls)
