"""Tuples that are only looked up in dictionaries and sets are not made."""

from __future__ import annotations

from conftest import Runner, unit_of


def test_tuples_that_are_looked_up_are_not_made(runner: Runner) -> None:
    program = """\
def work(cells, table, n):
    found = 0
    for x in range(n):
        for y in range(n):
            if (x, y) in cells:
                found += table[x, y] + table.get((y, x), 1)
    return found

cells = {(x, y) for x in range(10) for y in range(10) if x != y}
table = {cell: 2 for cell in cells}
print(sum(map(work, [cells] * 400, [table] * 400, [12] * 400)))
"""
    unit = unit_of(runner, program, "work")
    for helper in ("set_has_tuple", "dict_get_tuple"):
        assert f"call_helper.{helper}" in unit, unit
    assert "call_helper.build_tuple" not in unit, unit
