"""A program that does nothing but write its peak memory, in kilobytes, to the file that is its argument."""

import sys

with open("/proc/self/status", encoding="ascii") as status, open(sys.argv[1], "w", encoding="ascii") as output:
    output.write(next(line for line in status if line.startswith("VmHWM:")).split()[1])
