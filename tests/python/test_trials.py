"""Trials: calls that are executed by native code or by the interpreter give the same, and fast functions stay compiled."""

from conftest import Runner


def test_fast_functions_stay_compiled(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable(threshold=100, sync=True)
        def total(n):
            t = 0
            for i in range(n): t += i
            return t
        results = set(map(total, [400] * 8000))
        (unit,) = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "total" and unit["kind"] == "function"]
        print(results, unit["state"], unit["entries"] > 7000)
        """
    assert runner.snippet(text) == "{79800} installed True\n"


def test_calls_of_a_trial_raise_and_return_alike(runner: Runner) -> None:
    text = """
        import collections, sys, whipsnake
        whipsnake.enable(threshold=100, sync=True)
        def pick(values, i, *, step=1, **names):
            if i % 7 == 0:
                return values[i]
            return len(names) * step + sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno
        def caller(i):
            try:
                return pick((), i, a=1, b=i) if i % 2 else pick([], i)
            except IndexError as error:
                tb = error.__traceback__.tb_next
                return str(error), tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno, sorted(tb.tb_frame.f_locals)
        print(collections.Counter(map(str, map(caller, range(42000)))))
        """
    line = "Counter({'2': 18000, '4': 18000"
    expected = runner.snippet(text.replace("whipsnake.enable(threshold=100, sync=True)", ""))
    assert expected.startswith(line)
    assert runner.snippet(text) == expected
