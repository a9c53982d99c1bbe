"""What is never made where nobody can see it: tuples that are compared, instances and managers, functions of generator expressions, exceptions of lookups and with a
text."""

from __future__ import annotations

import json
import sys

import pytest
from conftest import WARM, Runner, last_unit

# What is done in a loop over `i`, what is asked for in the unit, and the helpers that the unit must do without.
CASES = [
    ("n += (i, 2) < (500, i)", "", ["build_tuple", "compare"]),
    ("n += (i % 2 * 0.5, 'x') == (0.5, 'x')", "", ["build_tuple", "compare"]),
    ("n += ((i, 1), None) != ((3, 1), None)", "", ["build_tuple", "compare"]),
    ("n += Bare().one()", "", ["call_helper.call", "new_instance", "call_method"]),
    ("n += len('%d and %s' % (i, 'x'))", "str_percent", ["binary_op", "build_tuple"]),
    ("try: raise ValueError('no %d' % i)\n                    except ValueError: n += 1", "str_percent", ["raise_exception", "catch_exception"]),
    ("try: n += table[i]\n                    except KeyError: n += 1", "dict_get_plain", ["get_item", "catch_exception"]),
    ("try: raise ValueError(i, 2)\n                    except ValueError as error: n += error.args[0]", "", ["raise_exception", "get_attr", "build_tuple"]),
    ("n += any(one == i % 4 for one in few)", "", ["make_function", "build_virtual", "iter_next"]),
    ("n += sum(one + i for one in few)", "", ["make_function", "build_virtual", "call_c"]),
    ("try: n += few[i]\n                    except IndexError: n += 1", "", ["get_item", "catch_exception"]),
]
if sys.version_info >= (3, 14):
    CASES.append(("with All() as one: n += one", "", ["load_special", "call_helper.call"]))


@pytest.mark.parametrize(("action", "has", "lacks"), CASES)
def test_nothing_is_made(runner: Runner, action: str, has: str, lacks: list[str]) -> None:
    text = f"""\
        class Bare:
            def one(self): return 1
        class All:
            def __enter__(self): return 1
            def __exit__(self, *exc): return None
        few, table = [1, 2, 3], dict([(1, 1)])

        def work():
            n = 0
            for i in range(2000):
                    {action}
            return n

        def call():
            return work()
    """
    unit = last_unit(runner, text, "work")
    assert has in unit
    assert [helper for helper in lacks if helper in unit] == []


def test_what_generators_meet_is_noted(runner: Runner) -> None:
    """A unit that learns types in the code of a generator, and leaves before that has an item, has them when it is compiled again."""
    output = runner.snippet(
        """
        import whipsnake
        whipsnake.enable()

        def paths(n, row=0, used=frozenset()):
            if row == n:
                yield used
                return
            for column in range(n):
                keys = (("c", column), ("d", row + column))
                if any(key in used for key in keys):
                    continue
                yield from paths(n, row + 1, used.union(keys))

        for _ in range(60):
            list(paths(5))
        units = whipsnake.stats()["units"]
        print(sorted(unit["compiles"] for unit in units if unit["name"].startswith("paths") and unit["kind"] == "loop"))
        """,
        env={**WARM, "WHIPSNAKE_TRIAL": "off"},
    )
    compiles = json.loads(output)
    assert compiles
    assert max(compiles) <= 4, compiles
