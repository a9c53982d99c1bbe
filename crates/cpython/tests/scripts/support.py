"""Loads the check module named on the command line, and helpers of all scripts."""

import dis
import importlib.machinery
import importlib.util
import sys
import traceback


def load(path):
    loader = importlib.machinery.ExtensionFileLoader("checks", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("checks", loader))
    loader.exec_module(module)
    return module


checks = load(sys.argv[1])
EMPTY = ...


def equal(left, right, what=""):
    if left != right:
        raise AssertionError(f"{what}\n  {left!r}\n  {right!r}")


def at(function, opname, nth=0):
    """Code unit offset of the nth instruction of that name."""
    found = [i.offset // 2 for i in dis.get_instructions(function) if i.opname == opname]
    return found[nth]


def line_start(function, line):
    """Code unit offset of the first instruction of a line, counted from the `def`."""
    wanted = function.__code__.co_firstlineno + line
    return next(i.offset // 2 for i in dis.get_instructions(function) if i.starts_line and i.line_number == wanted)


def describe(error, skip=0):
    """Type, text, and for each traceback entry: function, instruction offset, line, columns."""
    entries = []
    tb = error.__traceback__
    while tb is not None:
        positions = list(tb.tb_frame.f_code.co_positions())[tb.tb_lasti // 2]
        entries.append((tb.tb_frame.f_code.co_qualname, tb.tb_lasti, tb.tb_lineno, positions))
        tb = tb.tb_next
    return type(error).__name__, str(error), entries[skip:]


def outcome(call, *args, skip=0):
    """The result of a call, or the description of what it raised."""
    try:
        return "returned", call(*args)
    except BaseException as error:
        return "raised", describe(error, skip)


def passed():
    print("passed")
