"""Ints of two words: what is computed with them allocates nothing and calls no operator of the interpreter; slices are taken, and heaps kept, without frames."""

from __future__ import annotations

import re

import pytest
from conftest import Runner, last_unit

FUNCTIONS = {
    "fnv1a": """
        def fnv1a(data):
            h = 0xCBF29CE484222325
            for b in data:
                h ^= b
                h = (h * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
            return h

        call = lambda: fnv1a(bytes(range(200)))
    """,
    "splitmix": """
        M = 0xFFFFFFFFFFFFFFFF

        def splitmix(n):
            x, total = 1, 0
            for _ in range(n):
                x = (x + 0x9E3779B97F4A7C15) & M
                z = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & M
                z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
                total ^= z ^ (z >> 31)
            return total

        call = lambda: splitmix(200)
    """,
    "modpow": """
        def modpow(base, exponent, modulus):
            result = 1
            while exponent:
                if exponent & 1:
                    result = result * base % modulus
                base = base * base % modulus
                exponent >>= 1
            return result

        call = lambda: [modpow(n, 2**61 - 3, 2**61 - 1) for n in range(2, 30)]
    """,
    "congruential": """
        def congruential(n):
            x = 12345
            for _ in range(n):
                x = (6364136223846793005 * x + 1442695040888963407) % 2**64
            return x

        call = lambda: congruential(200)
    """,
}


@pytest.mark.parametrize(("name", "step"), [("fnv1a", "imul "), ("splitmix", "ushr "), ("modpow", "call_helper.wide_mod "), ("congruential", "imul ")])
def test_loops_over_words_stay_in_registers(runner: Runner, name: str, step: str) -> None:
    unit = last_unit(runner, FUNCTIONS[name], name)
    assert step in unit
    assert "call_helper.binary_op" not in unit
    # What is returned becomes an object, nothing in the loop.
    boxes = re.findall(r"= (?:box_int|call_helper\.box_wide) .*", unit)
    assert len(boxes) <= 2, boxes


def test_slices_of_texts_and_tuples_need_no_frames(runner: Runner) -> None:
    text = """
        def cut(text, n):
            return text[1:n], text[::-1], text[n:]

        call = lambda: [cut(value, 3) for value in ["abcdef"] * 50]
    """
    unit = last_unit(runner, text, "cut")
    assert unit.count("call_helper.slice_plain") == 3, unit
    assert "get_slice" not in unit and "get_item" not in unit


def test_heaps_need_no_frames(runner: Runner) -> None:
    text = """
        import heapq

        def sort(numbers):
            heap = []
            for number in numbers:
                heapq.heappush(heap, (number, -number))
            return [heapq.heappop(heap)[0] for _ in numbers]

        call = lambda: sort([5, 3, 8, 1, 9, 2] * 10)
    """
    unit = last_unit(runner, text, "sort")
    assert "call_helper.heap_push" in unit and "call_helper.heap_pop" in unit, unit
    assert "call_c" not in unit, unit
