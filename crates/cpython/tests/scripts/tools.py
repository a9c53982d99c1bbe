"""Which tools want which events."""

import sys

import _opcode_metadata
from support import at, checks, equal, outcome, passed

M = sys.monitoring
opcodes = _opcode_metadata.opmap
names = {number: name for name, number in opcodes.items()}


def work(n):
    total = 0
    for i in range(n):
        total += i
    return total


def other():
    return 1


code = work.__code__
work(1)
assert not checks.other_tools_active(code) and not checks.other_exception_tools_active()
assert not checks.frame_evaluator_replaced()

# Our own tool does not count.
M.use_tool_id(M.OPTIMIZER_ID, "checks")
M.set_events(M.OPTIMIZER_ID, M.events.PY_START | M.events.JUMP)
work(3)
assert not checks.other_tools_active(code)
equal(checks.other_tool_sites(code), [])

# Another tool counts at once, everywhere or in one code object.
M.use_tool_id(1, "other")
M.set_local_events(1, other.__code__, M.events.LINE)
assert checks.other_tools_active(other.__code__) and not checks.other_tools_active(code)
M.set_events(1, M.events.LINE)
assert checks.other_tools_active(code)
equal(checks.other_tool_sites(code), None, "the code has not run since")
lines = []


def on_line(code, line):
    lines.append(line)
    return M.DISABLE


M.register_callback(1, M.events.LINE, on_line)
before = checks.units(code)
work(3)
raw = list(code._co_code_adaptive)
sites = checks.other_tool_sites(code)
assert lines and sites is not None
executed = {line - code.co_firstlineno for line in lines if line - code.co_firstlineno in range(5)}
equal(executed, {1, 2, 3, 4})
marked = [unit for unit, opcode in enumerate(raw[::2]) if opcode == opcodes["INSTRUMENTED_LINE"]]
assert len(marked) <= 1, "the sites that ran answered DISABLE"
equal(sites, marked)
M.restart_events()
work(0)
assert checks.other_tool_sites(code), "restarted sites of lines that have not run since"

# What verification runs is not told of.
ran = set()
M.register_callback(1, M.events.LINE, lambda code, line: ran.add(code.co_filename))
checks.verify_with([])
equal(ran, {__file__, equal.__code__.co_filename})

# Line markers are looked through.
M.register_callback(1, M.events.LINE, lambda code, line: None)
M.restart_events()
work(2)
marked = [names.get(unit & 255, "") for unit in checks.units(code)]
assert "INSTRUMENTED_LINE" in [names.get(byte) for byte in code._co_code_adaptive[::2]]
assert "INSTRUMENTED_LINE" not in marked
M.set_events(1, M.events.INSTRUCTION | M.events.LINE)
work(2)
marked = [names.get(unit & 255, "") for unit in checks.units(code)]
assert not {"INSTRUMENTED_LINE", "INSTRUMENTED_INSTRUCTION"} & set(marked)
assert len(checks.other_tool_sites(code)) > 5
M.set_events(1, 0)
M.set_local_events(1, other.__code__, 0)
assert not checks.other_tools_active(other.__code__)

# Instructions announce themselves to a tool that wants nothing any more, until the code is called.
assert checks.other_tools_active(code)
work(0)
assert not checks.other_tools_active(code)

# sys.settrace and sys.setprofile count.
for switch in (sys.settrace, sys.setprofile):
    switch(lambda *args: None)
    active = checks.other_tools_active(code)
    switch(None)
    assert active and not checks.other_tools_active(code)


# Exception events are told as the interpreter tells them for a failing C function.
raiser = [].pop


def handled(f):
    try:
        f()
    except IndexError:
        return 1


def leaves(f):
    f()
    return 2


def cleans(f):
    try:
        f()
    finally:
        f = None


heard = []
events = {name: getattr(M.events, name) for name in ("RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "RERAISE")}


def listener(name):
    return lambda code, offset, error: heard.append((name, code.co_name, offset, type(error)))


for name, event in events.items():
    M.register_callback(1, event, listener(name))
for function in (handled, leaves, cleans):
    call = at(function, "CALL")
    M.set_events(1, sum(events.values()))
    assert checks.other_exception_tools_active()
    heard.clear()
    natural = outcome(function, raiser)[0], [item for item in heard if item[1] == function.__name__]
    heard.clear()
    native = outcome(checks.resume_raising, function, call, [raiser], [], IndexError())[0], [
        item for item in heard if item[1] == function.__name__
    ]
    M.set_events(1, 0)
    equal(native, natural, function.__name__)
    assert len(native[1]) >= 2


# A tool that raises instead of letting the exception be handled.
def refuse(code, offset, error):
    if code is handled.__code__:
        M.set_events(1, 0)
        raise KeyError("refused")


M.register_callback(1, M.events.EXCEPTION_HANDLED, refuse)
results = []
for call in (lambda: handled(raiser), lambda: checks.resume_raising(handled, at(handled, "CALL"), [raiser], [], IndexError())):
    M.set_events(1, M.events.EXCEPTION_HANDLED)
    results.append(outcome(call)[1][:2])
equal(*results)
passed()
