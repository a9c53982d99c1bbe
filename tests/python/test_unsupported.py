"""Where the JIT cannot work it stays off, says why in one line, and nothing crashes."""

from __future__ import annotations

import sys

import pytest
from conftest import EAGER, Runner

SUBINTERPRETER = '''
import sys
try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters
import whipsnake
whipsnake.enable()

def work(n):
    t = 0
    for i in range(n): t += i
    return t

print(work(100), flush=True)
for config in ("isolated", "legacy"):
    other = _interpreters.create(config)
    failure = _interpreters.exec(other, """if True:
        import sys
        try:
            import whipsnake
            whipsnake.enable()
            print("no error", whipsnake.is_enabled())
        except Exception as error:
            assert "\\\\n" not in str(error), error
            print("refused", "interpreter" in str(error))
        def work(n):
            t = 0
            for i in range(n): t += i
            return t
        print(work(200))
        sys.stdout.flush()
        """)
    assert failure is None, failure
    _interpreters.destroy(other)
print(work(300), whipsnake.is_enabled())
'''


def test_subinterpreter_is_refused_in_one_line(runner: Runner) -> None:
    result = runner.python("-c", SUBINTERPRETER, env=EAGER)
    assert result.returncode == 0, result
    lines = result.stdout.splitlines()
    assert lines[0] == "4950" and lines[-1] == "44850 True"
    assert [line for line in lines if line == "19900"] == ["19900", "19900"]
    assert "no error True" not in lines
    if "no error False" in lines:
        assert "interpreter" in result.stderr
    assert len(result.stderr.splitlines()) <= 2


@pytest.mark.skipif(sys.version_info < (3, 14), reason="concurrent.interpreters is new in 3.14")
def test_interpreter_pool_beside_the_jit(runner: Runner) -> None:
    runner.write(
        "pool.py",
        """
        from concurrent.futures import InterpreterPoolExecutor

        def work(n):
            t = 0
            for i in range(n): t += i
            return t

        if __name__ == "__main__":
            work(500)
            with InterpreterPoolExecutor(2) as pool:
                print([f.result() for f in [pool.submit(pow, 2, k) for k in range(5)]])
            print(work(500))
        """,
    )
    assert runner.same("pool.py").stdout == "[1, 2, 4, 8, 16]\n124750\n"


def test_embedded_tools_may_clear_watchers(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        try:
            import _testcapi
        except ImportError:
            print("skip")
            raise SystemExit
        K = 1
        def f(n):
            t = 0
            for i in range(n): t += K
            return t
        f(100)
        for i in range(FIRST, 8):
            try:
                _testcapi.clear_dict_watcher(i)
            except ValueError:
                pass
        print("cleared")
        """
    # Watcher 0 is the interpreter's own. Without it 3.13.0 reports an error of its own as it ends, with native code or without.
    output = runner.snippet(text.replace("FIRST", "1"))
    if output == "skip\n":
        pytest.skip("this Python has no _testcapi")
    assert output == "cleared\n"
    text = text.replace("FIRST", "0")
    assert runner.text(text, env=EAGER) == runner.text(text, env={"WHIPSNAKE": "0"})
