"""Complex numbers stay in parts: loops over them allocate nothing and call no operator of the interpreter."""

from __future__ import annotations

import re

import pytest
from conftest import Runner, last_unit

FUNCTIONS = {
    "escape": """
        def escape(c, n):
            z = 0
            for i in range(n):
                if abs(z) > 2:
                    return i
                z = z * z + c
            return n

        call = lambda: escape(-0.1 + 0.65j, 50)
    """,
    "powers": """
        def powers(c, n):
            z = 0j
            while n and z.real * z.real + z.imag * z.imag < 4.0:
                z = z**2 + c
                n -= 1
            return n

        call = lambda: powers(-0.1 + 0.65j, 50)
    """,
    "newton": """
        def newton(z, n):
            while n and (step := z - (z * z * z - 1) / (3 * z * z)) != z:
                z = step
                n -= 1
            return n

        call = lambda: newton(complex(2, 3), 50)
    """,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_loops_over_complex_numbers_stay_in_registers(runner: Runner, name: str) -> None:
    unit = last_unit(runner, FUNCTIONS[name], name)
    assert "fmul" in unit
    assert not re.search(r"binary_op|call_c_object|get_attr|compare_bool", unit), unit
    latches = 0
    for number, block in re.findall(r"^block(\d+)(.*?)(?=^block|\Z)", unit, flags=re.MULTILINE | re.DOTALL):
        if (jump := re.search(r"jump block(\d+)", block)) and int(jump[1]) <= int(number):
            latches += 1
            assert "box" not in block, block
    assert latches > 0, unit
