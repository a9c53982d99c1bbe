"""A just-in-time compiler for the CPython that you already run.

    import whipsnake
    whipsnake.enable()

compiles hot functions and loops to machine code from then on. ``WHIPSNAKE=0`` in the environment
switches everything off. On a Python that is not supported, importing works, and ``enable()``
warns with the reason.
"""

__all__ = [
    "compile",
    "disable",
    "enable",
    "is_compiled",
    "is_enabled",
    "never",
    "options",
    "stats",
    "__version__",
]


def _why_not(error):
    """Why there is no native part here, in one line."""
    import os
    import sys
    from importlib.machinery import EXTENSION_SUFFIXES

    if sys.implementation.name != "cpython":
        return "whipsnake needs CPython, but this is %s" % sys.implementation.name
    parts = [name for name in os.listdir(os.path.dirname(__file__)) if name.startswith("_native.")]
    if any("_native" + suffix in parts for suffix in EXTENSION_SUFFIXES):
        return "the native part of whipsnake cannot be loaded: %s" % str(error).replace("\n", " ")
    if "t" in getattr(sys, "abiflags", ""):
        return "free-threaded Python is not supported yet; use the build with the GIL"
    present = "; it has %s" % ", ".join(sorted(parts)) if parts else ""
    return "whipsnake is not built for Python %d.%d here%s; install it for this Python" % (sys.version_info[:2] + (present,))


try:
    from whipsnake import _native
except ImportError as error:
    _native = None
    _reason = _why_not(error)
    __version__ = "unknown"
else:
    _reason = None
    __version__ = _native.__version__

_registered = False


def _start(options):
    """Switches the JIT on; returns the reason if it stays off."""
    global _registered
    if _native is None:
        return _reason
    # First, so that the import system is not compiled for it.
    import atexit
    import os

    reason = _native.enable(**options)
    if reason is None and not _registered and _native.is_enabled():
        atexit.register(_native.end)
        os.register_at_fork(
            before=_native.before_fork, after_in_parent=_native.after_fork, after_in_child=_native.after_fork
        )
        _registered = True
    return reason


def enable(**options):
    """Compiles hot code from now on.

    Keywords are the options that ``whipsnake options`` lists; they overrule the ``WHIPSNAKE_...``
    variables. A bad option is a ``ValueError``. If the JIT has to stay off, a ``RuntimeWarning``
    says why. With ``WHIPSNAKE=0`` in the environment nothing happens.
    """
    reason = _start(options)
    if reason is not None:
        import warnings

        warnings.warn("whipsnake stays off: " + reason, RuntimeWarning, stacklevel=2)


def disable():
    """Stops compiling and running native code; ``enable()`` goes on where this stopped."""
    if _native is not None:
        _native.disable()


def is_enabled():
    """True while hot code is compiled and native code is run."""
    return _native is not None and _native.is_enabled()


def compile(function):
    """Compiles a Python function now. ``RuntimeError`` with the reason if that is not possible."""
    if _native is None:
        raise RuntimeError(_reason)
    _native.compile(function)


def is_compiled(function):
    """True if the function has native code.

    Calls enter it, except those by the interpreter where `stats()` says that they are not worth it (state ``detached``).
    """
    return _native is not None and _native.is_compiled(function)


def never(function):
    """Keeps a function interpreted for good; can be used as a decorator."""
    if _native is not None:
        _native.never(function)
    return function


def stats():
    """What was compiled, how often it was entered and left and why, and what was not compiled and why."""
    text = None if _native is None else _native.stats()
    if text is None:
        return {"enabled": False, "units": [], "program": {}, "totals": {}}
    import json

    return json.loads(text)


def options():
    """All options: name to a dict with ``variable``, ``value``, ``default``, ``takes`` and ``doc``."""
    if _native is None:
        raise RuntimeError(_reason)
    keys = ("variable", "value", "default", "takes", "doc")
    return {name: dict(zip(keys, row)) for name, row in _native.option_table().items()}
