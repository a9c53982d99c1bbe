"""Numbers become text without objects of their own, and sequences are unpacked with their rest in one step."""

from __future__ import annotations

import pytest
from conftest import Runner, unit_of


@pytest.mark.parametrize(
    ("expression", "wanted", "unwanted"),
    [
        ("str(n)", "str_of_int", "call_builtin"),
        ("f'{n}:{n + 1}'", "str_of_int", "format_plain"),
        ("f'{n:5d}'", "format_int", "format_with_spec"),
        ("f'{n / 2:.2f}|{n:.1%}'", "format_float", "format_with_spec"),
        ("f'{str(n):>6}'", "format_str", "format_with_spec"),
        ("first([n, 2, 3])", "unpack_rest", "unpack_iterable"),
        ("first((n, 2, 3))", "unpack_rest", "unpack_iterable"),
    ],
)
def test_helpers(runner: Runner, expression: str, wanted: str, unwanted: str) -> None:
    program = f"""\
def first(items):
    a, *rest = items
    return rest

def work(n):
    return {expression}

print(list(map(work, range(500)))[-1])
"""
    unit = unit_of(runner, program, "work")
    assert f"call_helper.{wanted}" in unit, unit
    assert f"call_helper.{unwanted}" not in unit, unit
