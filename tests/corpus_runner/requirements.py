"""What an interpreter has of that which programs need."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from .programs import Program


def unmet(program: Program, version: tuple[int, int], python: str, known: dict[str, bool]) -> str | None:
    """Why a program cannot run on this Python, or None. `known` remembers modules from program to program."""
    if not program.min_python <= version <= program.max_python:
        return f"needs Python {program.min_python} to {program.max_python}"
    for module in program.needs:
        if module not in known:
            known[module] = has_module(python, module)
        if not known[module]:
            return f"needs module {module}"
    return None


def has_module(python: str, module: str) -> bool:
    """True if the interpreter finds a module."""
    if python == sys.executable:
        return importlib.util.find_spec(module) is not None
    probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", probe], check=False).returncode == 0


def version_of(python: str) -> tuple[int, int]:
    """Major and minor version of an interpreter."""
    probe = "import sys; print(*sys.version_info[:2])"
    major, minor = subprocess.run([python, "-c", probe], check=True, capture_output=True, text=True).stdout.split()
    return int(major), int(minor)
