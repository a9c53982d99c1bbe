"""The functions of the package."""

from __future__ import annotations

from conftest import Runner


def test_import_alone_switches_nothing_on(runner: Runner) -> None:
    text = """
        import sys, whipsnake
        def f(x): return x
        for i in range(1000): f(i)
        print(whipsnake.is_enabled(), whipsnake.is_compiled(f), sys.monitoring.get_tool(sys.monitoring.OPTIMIZER_ID) if hasattr(sys.monitoring, "OPTIMIZER_ID") else None)
        """
    assert runner.snippet(text) == "False False None\n"


def test_enable_disable_and_enable_again(runner: Runner) -> None:
    text = """
        import whipsnake
        def f(x): return x + 1
        states = [whipsnake.is_enabled()]
        for _ in range(3):
            whipsnake.enable()
            states.append((whipsnake.is_enabled(), sum(f(i) for i in range(300))))
            whipsnake.enable()
            whipsnake.disable()
            states.append((whipsnake.is_enabled(), sum(f(i) for i in range(300))))
            whipsnake.disable()
        print(states)
        """
    expected = [False] + [(True, 45150), (False, 45150)] * 3
    assert runner.snippet(text) == f"{expected}\n"


def test_disable_inside_a_running_compiled_loop(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        def leaf(x): return x * 2
        def loop(n):
            t = 0
            for i in range(n):
                if i == 500: whipsnake.disable()
                if i == 700: whipsnake.enable()
                t += leaf(i)
            return t
        print(loop(400), loop(1000), whipsnake.is_enabled())
        """
    assert runner.snippet(text) == "159600 999000 True\n"


def test_compile_now(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable(threshold=1000000)
        def f(x): return x + 1
        class C:
            def m(self): return 5
            @staticmethod
            def s(): return 6
        print(whipsnake.is_compiled(f))
        whipsnake.compile(f)
        whipsnake.compile(C.m)
        whipsnake.compile(C.s)
        print(whipsnake.is_compiled(f), whipsnake.is_compiled(C.m), f(2), C().m(), C.s())
        """
    assert runner.snippet(text) == "False\nTrue True 3 5 6\n"


def test_compile_refuses_with_the_reason(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        async def coroutine_function(x):
            await x
        for thing in (coroutine_function, len, int, 5, None, lambda: 1 if False else coroutine_function):
            try:
                whipsnake.compile(thing)
                print("compiled")
            except Exception as error:
                assert str(error).strip() and not isinstance(error, SystemError), repr(error)
                print(type(error).__name__, "coroutine_function" in str(error))
        """
    lines = runner.snippet(text).splitlines()
    assert lines[0].endswith(" True")
    assert [line.split()[0] for line in lines[1:5]] == ["TypeError"] * 4
    assert lines[5] == "compiled"


def test_is_compiled_of_other_objects(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        for thing in (len, int, 5):
            try:
                print(whipsnake.is_compiled(thing))
            except TypeError as error:
                print("TypeError", bool(str(error)))
        """
    for line in runner.snippet(text).splitlines():
        assert line in ("False", "TypeError True")


def test_a_class_that_changes_all_the_time(runner: Runner) -> None:
    # Units do not go on relying on the state of the class until the strategy gives up.
    text = """
        import whipsnake
        whipsnake.enable(threshold=20)
        class Counted:
            count = 0
            def __init__(self, x):
                Counted.count += 1
                self.x = x
            def value(self): return self.x + self.offset()
            def offset(self): return 1
        @whipsnake.never
        def make(n): return sum(Counted(i).value() for i in range(n))
        print(make(2000))
        for unit in whipsnake.stats()["units"]:
            if unit["name"].startswith("Counted.") and unit["kind"] == "function":
                print(unit["name"], unit["state"], unit["compiles"] <= 6)
        """
    lines = runner.snippet(text).splitlines()
    assert lines[0] == str(sum(i + 1 for i in range(2000)))
    assert "Counted.value installed True" in lines and "Counted.__init__ installed True" in lines


def test_a_short_break_does_not_make_a_function_seldom(runner: Runner) -> None:
    text = """
        import time, whipsnake
        whipsnake.enable(threshold=200_000, sync=False)
        def f(x): return x + 1
        @whipsnake.never
        def calls(n):
            for i in range(n):
                f(i)
        for i in range(1000):
            # Fewer than the threshold between two breaks.
            calls(20_000)
            if whipsnake.is_compiled(f):
                break
            time.sleep(0.01)
        print(whipsnake.is_compiled(f))
        """
    assert runner.snippet(text) == "True\n"


def test_a_global_that_changes_faster_than_it_is_compiled_in(runner: Runner) -> None:
    # What was compiled for one value is out of date when it is ready: the strategy must not give up over that.
    text = """
        import time, whipsnake
        whipsnake.enable(threshold=20, sync=False)
        current = object()
        def uses(x):
            return x if current is not None else -x
        def state():
            return [(unit["state"], unit["reason"]) for unit in whipsnake.stats()["units"] if unit["name"] == "uses" and unit["kind"] == "function"]
        end = time.monotonic() + 20
        while time.monotonic() < end and not any(state == "installed" for state, _ in state()):
            for _ in range(2000):
                current = object()
                assert uses(1) == 1
            time.sleep(0.05)
        print(state())
        """
    assert runner.snippet(text) == "[('installed', None)]\n"


def test_a_function_of_ever_new_types_stays_compiled(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable(threshold=20)
        classes = [type(f"C{i}", (), {"__init__": lambda self, x: setattr(self, "x", x), "get": lambda self: self.x}) for i in range(24)]
        def several(a, b, c):
            return a.get() + b.x + c.get() + (1 if a.x == c.x else 0) + len([a, b])
        @whipsnake.never
        def rounds():
            total = 0
            for i, cls in enumerate(classes):
                for other in (int, str, cls):
                    things = cls(i), classes[i // 2](2 * i), classes[i // 3](i)
                    for _ in range(400):
                        total += several(*things)
            return total
        print(rounds())
        units = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "several"]
        print(units[0]["state"])
        """
    lines = runner.snippet(text).splitlines()
    assert lines == [str(sum(3 * 400 * (4 * i + 1 + 2) for i in range(24))), "installed"]


def test_never(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable()
        @whipsnake.never
        def cold(n):
            t = 0
            for i in range(n): t += i
            return t
        def hot(n):
            t = 0
            for i in range(n): t += i
            return t
        for _ in range(100): cold(50), hot(50)
        print(cold.__name__, cold(10), whipsnake.is_compiled(cold), whipsnake.is_compiled(hot))
        names = {unit["name"] for unit in whipsnake.stats()["units"] if unit["code_bytes"]}
        print("cold" in names, "hot" in names)
        """
    assert runner.snippet(text) == "cold 45 False True\nFalse True\n"


def test_never_holds_where_the_function_would_be_inlined(runner: Runner) -> None:
    text = """
        import sys, whipsnake
        whipsnake.enable(threshold=10, sync=True)
        def before(x): return x + 1
        def after(x): return x + 2
        whipsnake.never(before)
        def caller(n):
            t = 0
            for i in range(n): t += before(i) + after(i)
            return t
        def inlined():
            return sorted({name for unit in whipsnake.stats()["units"] for name in unit["inlined"]})
        # Called from C: a loop of the module would inline it.
        all(map(caller, [50] * 50))
        print(whipsnake.is_compiled(caller), inlined(), caller(3))
        whipsnake.never(after)
        (unit,) = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "caller" and unit["kind"] == "function"]
        print(unit["state"], unit["invalidations"])
        # Called from C: a loop of the module would inline it.
        all(map(caller, [50] * 50))
        print(whipsnake.is_compiled(caller), whipsnake.is_compiled(after), caller(3))
        """
    assert runner.snippet(text) == "True ['after'] 15\ninterpreted 1\nTrue False 15\n"


def test_stats_counts_exits_by_reason(runner: Runner) -> None:
    text = """
        import whipsnake
        whipsnake.enable(threshold=20)
        def add(a, b): return a + b
        for i in range(100): add(i, 1)
        def exits():
            (unit,) = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "add"]
            return unit["exits"], [(p["reason"], p["code"], p["line"], p["count"]) for p in unit["exit_points"]]
        print(exits())
        add("a", "b")
        print(exits())
        """
    assert runner.snippet(text) == "({}, [])\n({'type-guard': 1}, [('type-guard', 'add', 4, 1)])\n"


def test_stats_is_plain_data(runner: Runner) -> None:
    text = """
        import json, whipsnake
        whipsnake.enable()
        def f(x): return x
        f(1)
        stats = whipsnake.stats()
        assert json.loads(json.dumps(stats)) == stats
        (unit,) = [unit for unit in stats["units"] if unit["name"] == "f"]
        print(stats["enabled"], unit["kind"], unit["state"])
        """
    assert runner.snippet(text) == "True function installed\n"


def test_a_function_that_keeps_failing_is_left_alone_with_the_reason(runner: Runner) -> None:
    text = """
        import json, whipsnake
        whipsnake.enable(threshold=10)
        def add(a, b): return a + b
        values = [1, 1.5, "s", [1], (2,), 2**70, True, 1j, b"x", range]
        for i in range(20000):
            try:
                add(values[i * 7 % 10], values[i * 7 % 10])
            except TypeError:
                pass
        (unit,) = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "add"]
        print(sum(unit["exits"].values()) < 10000, unit["state"] == "installed" or bool(unit["reason"]))
        """
    assert runner.snippet(text) == "True True\n"


def test_typed_stub_covers_the_public_names(runner: Runner) -> None:
    text = """
        import ast, inspect, pathlib, whipsnake
        root = pathlib.Path(whipsnake.__file__).parent
        assert (root / "py.typed").exists()
        public = ["enable", "disable", "is_enabled", "compile", "is_compiled", "never", "stats"]
        undocumented = [n for n in public if not inspect.getdoc(getattr(whipsnake, n))]
        stubs = [p for p in root.glob("*.pyi")]
        stubbed = {node.name for p in stubs for node in ast.walk(ast.parse(p.read_text())) if isinstance(node, ast.FunctionDef)}
        print(undocumented, [n for n in public if n not in stubbed])
        """
    assert runner.snippet(text) == "[] []\n"


def test_typed_stub_has_all_options(runner: Runner) -> None:
    text = """
        import ast, pathlib, whipsnake
        stub = ast.parse((pathlib.Path(whipsnake.__file__).parent / "__init__.pyi").read_text())
        enable, = [node for node in stub.body if isinstance(node, ast.FunctionDef) and node.name == "enable"]
        print({keyword.arg for keyword in enable.args.kwonlyargs} ^ set(whipsnake.options()))
        """
    assert runner.snippet(text) == "set()\n"


def test_code_object_and_function_die_when_dropped(runner: Runner) -> None:
    text = """
        import gc, weakref, whipsnake
        whipsnake.enable()
        space = {}
        exec("def f(n):\\n    t = 0\\n    for i in range(n): t += i\\n    return t", space)
        f = space.pop("f")
        f(100)
        print(whipsnake.is_compiled(f))
        function, code = weakref.ref(f), weakref.ref(f.__code__)
        del f
        gc.collect()
        print(function(), code())
        """
    assert runner.snippet(text) == "True\nNone None\n"
