"""Verification accepts this interpreter and names what is wrong with others."""

import os
import subprocess
import sys

import _opcode_metadata
from support import checks, equal, outcome, passed

opcodes = [(name, number) for name, number in _opcode_metadata.opmap.items() if number < 256]
opcodes += _opcode_metadata._specialized_opmap.items()
assert len(opcodes) > 200
assert min(checks.verify_with(opcodes) for _ in range(3)) < 0.005

wrong = [("RETURN_VALUE", 255)]
result, (kind, text, _) = outcome(checks.verify_with, wrong)
assert (result, kind) == ("raised", "RuntimeError") and "RETURN_VALUE" in text and "255" in text, text
result, (kind, text, _) = outcome(checks.verify_with, [("NO_SUCH_OPCODE", 1)])
assert "NO_SUCH_OPCODE is missing" in text, text

types = dict(checks.known_types())
equal(types.pop("__import__('array').array"), 0, "array is not imported")
for expression, address in types.items():
    equal(address, id(eval(expression)), expression)
equal(checks.array_offsets(), [0, 0])
import array

equal(dict(checks.known_types())["__import__('array').array"], id(array.array))
items, descriptor = checks.array_offsets()
assert items and descriptor and items != descriptor

# A subinterpreter and the interpreter's own JIT are refused.
import _interpreters

script = f"""
import sys
sys.argv = {sys.argv!r}
sys.path.insert(0, {sys.path[0]!r})
from support import checks
try:
    checks.verify_with([])
except RuntimeError as error:
    assert "subinterpreters" in str(error), error
else:
    raise AssertionError("verified")
"""
interpreter = _interpreters.create("legacy")
failure = _interpreters.exec(interpreter, script)
_interpreters.destroy(interpreter)
assert failure is None, failure

if getattr(sys, "_jit", None) and sys._jit.is_available():
    script = "from support import checks; checks.verify_with([])"
    run = subprocess.run(
        [sys.executable, "-c", script, sys.argv[1]],
        env={**os.environ, "PYTHON_JIT": "1", "PYTHONPATH": sys.path[0]},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1 and "PYTHON_JIT=0" in run.stderr, run
passed()
