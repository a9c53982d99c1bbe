"""Runs a script under CinderX in its automatic mode: `under_cinderx.py SCRIPT ARGUMENTS...`."""

import os
import runpy
import sys

import cinderx.jit

cinderx.jit.auto()
del sys.argv[0]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
