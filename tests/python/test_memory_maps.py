"""No memory is writable and executable, and code has no writable alias."""

from __future__ import annotations

import sys

import pytest
from conftest import Runner

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/maps")

PROGRAM = """
    import os, whipsnake
    whipsnake.enable()

    def mappings():
        for line in open("/proc/self/maps"):
            fields = line.split(maxsplit=5)
            yield fields[1], fields[3], fields[4], fields[5].strip() if len(fields) > 5 else ""

    def work(n):
        t = 0
        for i in range(n): t += i * 2
        return t

    def check(when):
        found = list(mappings())
        for rights, device, inode, name in found:
            assert not ("w" in rights and "x" in rights), (when, rights, name)
        code = [m for m in found if "x" in m[0] and not m[3].startswith(("[", "/usr", "/lib")) and ".so" not in m[3] and "python" not in os.path.basename(m[3])]
        files = {(device, inode) for rights, device, inode, name in code if inode != "0"}
        for rights, device, inode, name in found:
            if (device, inode) in files:
                assert "w" not in rights and rights.endswith("p"), (when, rights, name)
        links = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.islink(f"/proc/self/fd/{fd}")]
        assert not [link for link in links if "memfd" in link], (when, links)
        return len(code)

    whipsnake.never(check), whipsnake.never(mappings)
    before = check("before")
    for _ in range(50): work(100)
    assert whipsnake.is_compiled(work)
    after = check("after")
    spaces = []
    for k in range(60):
        space = {}
        exec(f"def f(n):\\n    t = {k}\\n    for i in range(n): t += i\\n    return t", space)
        space["f"](20)
        spaces.append(space)
        check(k)
    pid = os.fork()
    if pid == 0:
        spaces[0]["f"](50)
        check("child")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    spaces.clear()
    check("freed")
    print(after > before)
    """


def test_no_mapping_is_writable_and_executable_and_code_has_no_writable_alias(runner: Runner) -> None:
    assert runner.snippet(PROGRAM) == "True\n"


def test_reference_backend_makes_no_executable_memory(runner: Runner) -> None:
    assert runner.snippet(PROGRAM, env={"WHIPSNAKE_BACKEND": "reference"}) == "False\n"
