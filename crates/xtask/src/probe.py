"""Describes the running interpreter as JSON (must run on any Python 3, PyPy included)."""
import json
import os
import platform
import sys
import sysconfig

include = sysconfig.get_paths()["include"]
# Distributions build with profile-guided optimisation but need not say so in the configure arguments.
optimised = (
    "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    or bool(sysconfig.get_config_var("WHEEL_PKG_DIR"))
)
print(json.dumps({
    "implementation": platform.python_implementation(),
    "version": platform.python_version(),
    "minor": list(sys.version_info[:2]),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "debug": bool(sysconfig.get_config_var("Py_DEBUG")),
    "optimised": optimised,
    "include": include,
    "header": os.path.exists(os.path.join(include, "Python.h")),
    "internal_header": os.path.exists(os.path.join(include, "internal", "pycore_frame.h")),
    "ext_suffix": sysconfig.get_config_var("EXT_SUFFIX") or "",
    "executable": os.path.realpath(sys.executable),
}))
