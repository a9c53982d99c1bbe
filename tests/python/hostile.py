"""What makes a process's surroundings hostile: text that a program begins with, so that it changes nothing but that process."""

from __future__ import annotations

SECCOMP = """
import ctypes, platform, struct

def deny(calls, error, argument=None, mask=0):
    # From here on these system calls fail with that error; with an argument, only where it has a bit of the mask.
    LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
    ARCHITECTURE, NUMBER, ARGUMENTS = 4, 0, 16
    ALLOW, ERROR, X86_64 = 0x7FFF0000, 0x00050000, 0xC000003E
    assert platform.machine() == "x86_64"
    rules = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, X86_64), (RETURN, 0, 0, ALLOW)]
    for call in calls:
        rules.append((LOAD, 0, 0, NUMBER))
        if argument is None:
            rules += [(EQUAL, 0, 1, call), (RETURN, 0, 0, ERROR | error)]
        else:
            rules += [(EQUAL, 0, 3, call), (LOAD, 0, 0, ARGUMENTS + 8 * argument), (ANY_BIT, 0, 1, mask), (RETURN, 0, 0, ERROR | error)]
    rules.append((RETURN, 0, 0, ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(rules), ctypes.addressof(code)))
    libc = ctypes.CDLL(None)
    PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        print("skip: no filter of system calls can be set")
        raise SystemExit

MMAP, MPROTECT, CLONE, OPENAT, MEMFD_CREATE, CLONE3 = 9, 10, 56, 257, 319, 435
EPERM, EAGAIN, EACCES, EROFS, ENOSYS = 1, 11, 13, 30, 38
"""
"""`deny()`, with the numbers of x86-64."""

DENY_WRITE_EXECUTE = """
import ctypes
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
if ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
    print("skip: the kernel has no memory-deny-write-execute")
    raise SystemExit
"""

LITTLE_ADDRESS_SPACE = """
import resource
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (BYTES), resource.RLIM_INFINITY))
"""
"""Leaves BYTES of address space."""

NO_FILES = """
import os, resource
held = []
resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
def exhaust():
    try:
        while True: held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
def release():
    while held: os.close(held.pop())
"""
"""`exhaust()` takes all file descriptors, `release()` gives them back."""

WORK = """
import whipsnake
whipsnake.enable()

class Point:
    def __init__(self, x): self.x = x
    def scaled(self, k): return Point(self.x * k + 0.5)

def leaf(x): return x * 3 % 7

def loop(n):
    t = 0
    for i in range(n): t += leaf(i)
    return t

def items(n):
    for i in range(n): yield str(i)

def objects(n):
    p = Point(1)
    for i in range(n): p = p.scaled(0.5)
    return p.x

def caught(n):
    t = 0
    for i in range(n):
        try: t += 7 // (i % 3)
        except ZeroDivisionError: t -= 1
    return t

def grown(n):
    out = []
    for x in items(n): out.append((x, len(x)))
    return out[-1:], len(out)

for n in (0, 1, 5, 60): print(loop(n), objects(n), caught(n), grown(n))
for _ in range(40): results = loop(30), objects(30), caught(30), grown(30)
print(results)
"""
"""A program that gets hot in several ways; the answers are those of plain Python."""
