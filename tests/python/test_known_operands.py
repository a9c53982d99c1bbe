"""What the exact types of operands say: no frame is made ready for what runs no Python code, and no number is an object without need."""

from __future__ import annotations

import pytest
from conftest import Runner, last_unit


@pytest.mark.parametrize("expression", ["items + [i]", "[i] * 3", "pair + (i,)", "2 * pair", "text * (i & 3)", "data + b'x'"])
def test_sequences_are_joined_without_python_code(runner: Runner, expression: str) -> None:
    text = f"""\
        def work(n):
            items, pair, text, data = [1], (2, 3), "ab", b"c"
            total = 0
            for i in range(n):
                total += len({expression})
            return total

        def call():
            return work(20)
        """
    unit = last_unit(runner, text, "work")
    assert "sequence_binary" in unit and "binary_op" not in unit and "frame-observed" not in unit, unit


def test_lists_are_extended_in_place(runner: Runner) -> None:
    text = """\
        def work(n):
            items = []
            for i in range(n):
                items += [i, i + 1]
            return len(items)

        def call():
            return work(20)
        """
    unit = last_unit(runner, text, "work")
    assert "list_extended" in unit and "frame-observed" not in unit, unit


def test_generators_are_not_asked_for_their_iterators(runner: Runner) -> None:
    text = """\
        def each(n):
            yield from range(n)

        def work(items):
            total = 0
            for item in items:
                total += item
            return total

        def call():
            return sum(map(work, [each(9), each(3)]))
        """
    unit = last_unit(runner, text, "work")
    assert "call_helper.iter_next" in unit and "get_iter" not in unit, unit


def test_large_constants_begin_as_numbers_below_a_call(runner: Runner) -> None:
    """The call makes the frame ready, which holds the constant's object; the loop has it as a number nevertheless."""
    text = """\
        table = [(i * 2654435761) & 0xFFFFFFFF for i in range(256)]

        def work(text):
            c = 0xFFFFFFFF
            for b in text.encode("latin-1"):
                c = table[(c ^ b) & 255] ^ (c >> 8)
            return c ^ 0xFFFFFFFF

        def call():
            return [work("some text of it" * 3) for _ in range(9)]
        """
    unit = last_unit(runner, text, "work")
    # What is returned is the only object that is made of a number from the loop on.
    assert unit.partition("iter_next_plain")[2].count("= box_int") == 1, unit
