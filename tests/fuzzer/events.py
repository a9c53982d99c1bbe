"""What changes under running code: classes, functions, globals, builtins, tools that are switched on.

Generated code calls ``tick()``; at counts drawn for the program an event happens there.
"""

from __future__ import annotations

from .dice import Dice
from .expressions import Expressions
from .scope import Scope, World
from .statements import Lines, indent

MOST = 5
"""Events per program."""

# Where an exception comes out of a call, the interpreter gives another offset for C functions, and compiled functions are called as these.
# Functions of one line are quiet: the interpreter announces their line only where any tool listens to starts of functions, as whipsnake does.

TOOLS = '''\
def tracer(frame, event, argument):
    if frame.f_code.co_filename != __file__ or frame.f_code.co_name in QUIET:
        return None
    TRACED.append(1)
    if len(TRACED) % 40 == 0:
        sys.settrace(None)
        sys.setprofile(None)
        return None
    LOG.append((event, frame.f_code.co_name, frame.f_lineno))
    return tracer


def monitor(event):
    def callback(code, *details):
        if code.co_filename != __file__ or code.co_name in QUIET:
            return
        TRACED.append(1)
        if len(TRACED) % 40 == 0:
            sys.monitoring.set_events(2, 0)
        LOG.append((event, code.co_name, *(d for d in details if type(d) is int and event not in CALLED)))
    return callback


def use_monitoring(*events):
    if sys.monitoring.get_tool(2) is None:
        sys.monitoring.use_tool_id(2, "fuzz")
    wanted = 0
    for name in events:
        number = getattr(sys.monitoring.events, name)
        sys.monitoring.register_callback(2, number, monitor(name))
        wanted |= number
    sys.monitoring.set_events(2, wanted)


TRACED = []
CALLED = ("RAISE", "PY_UNWIND")
QUIET = ("tracer", "shown", "settled", "told", "attempt", "drive", "peek", "monitor", "callback", "use_monitoring", "event", "<module>", "<lambda>")
QUIET += ("adder", "added", "scaler", "scaled")
'''


class Events:
    """Makes the events of one program."""

    def __init__(self, dice: Dice, expressions: Expressions) -> None:
        self.dice, self.expressions = dice, expressions

    def make(self, world: World) -> Lines:
        """``tick`` and the events that it leads to."""
        scope = Scope(world)
        lines: Lines = []
        table = []
        tools = False
        counts = self.dice.some([int(2 + 1.45**power) for power in range(3, 18)], 0, MOST)
        for number, count in enumerate(sorted(counts)):
            body = self.event(world, scope)
            tools = tools or any("tracer" in line or "use_monitoring" in line for line in body)
            lines += [f"def event{number}():", *indent(body), "", ""]
            table.append(f"{count}: event{number}")
        quiet = [f"QUIET += ({', '.join(repr(f'event{number}') for number in range(len(table)))},)"] if tools and table else []
        return [
            *(TOOLS.splitlines() if tools else ()),
            *lines,
            *quiet,
            f"EVENTS = {{{', '.join(table)}}}",
            "TICKS = 0",
            "",
            "",
            "def tick():",
            *indent(["global TICKS", "TICKS += 1", "if TICKS in EVENTS:", "    EVENTS[TICKS]()"]),
        ]

    def event(self, world: World, scope: Scope) -> Lines:
        forms = [(2, self.collect), (3, self.tool)]
        if world.classes:
            forms += [(10, self.edit_class)]
        if world.functions:
            forms += [(6, self.edit_function), (2, self.swap_functions)]
        if world.constants:
            forms += [(4, self.edit_global)]
        forms += [(2, self.edit_builtin), (2, self.edit_keyword_defaults)]
        return self.dice.weighted(forms)(world, scope)

    def collect(self, world: World, scope: Scope) -> Lines:
        return ["gc.collect()"]

    def tool(self, world: World, scope: Scope) -> Lines:
        names = ("LINE", "PY_START", "PY_RETURN", "PY_UNWIND", "RAISE", "EXCEPTION_HANDLED", "BRANCH_LEFT", "PY_YIELD", "PY_RESUME")
        names = tuple(name for name in names if name != "BRANCH_LEFT")
        return self.dice.pick(
            (
                ["sys.settrace(tracer)"],
                ["sys.settrace(tracer)", "sys._getframe(2).f_trace = tracer"],
                ["sys.settrace(tracer)", "frame = sys._getframe(1)", "while frame:", "    frame.f_trace = tracer", "    frame = frame.f_back"],
                ["sys.setprofile(tracer)"],
                [f"use_monitoring({', '.join(map(repr, self.dice.some(names, 1, 3)))})"],
            )
        )

    def edit_class(self, world: World, scope: Scope) -> Lines:
        made = self.dice.pick(world.classes)
        name = made.name
        names = list(made.attributes) + [method.name for method in made.methods] + list(made.fields)
        edited = self.dice.pick(names) if names else "extra"
        value = self.expressions.literal(self.dice.pick(("int", "float", "any", "str")), scope)
        other = self.dice.pick(world.classes).name
        return self.dice.pick(
            (
                [f"{name}.{edited} = {value}"],
                [f"{name}.{edited} = lambda self, *rest: {value}"],
                [f"{name}.{edited} = property(lambda self: {value})"],
                [f"{name}.{edited} = {other}.{edited}"],
                [f"del {name}.{edited}"],
                [f"{name}.__getattribute__ = lambda self, name: object.__getattribute__(self, name)"],
                [f"{name}.__getattr__ = lambda self, name: {value}"],
                [f"{name}.__eq__ = lambda self, other: True", f"{name}.__hash__ = lambda self: 1"],
                [f"{name}.__add__ = lambda self, other: {value}"],
                [f"{name}.__bool__ = lambda self: False"],
                [f"{name}.__setattr__ = lambda self, name, value: object.__setattr__(self, name, value)"],
                [f"{name}.__bases__ = (type('Mixin', (), {{'extra': {value}}}),)"],
                [f"{name}.__init__ = lambda self, *rest: None"],
                [f"{name}.__repr__ = lambda self: {name!r}"],
            )
        )

    def edit_function(self, world: World, scope: Scope) -> Lines:
        function = self.dice.pick(world.functions)
        value = self.expressions.literal(self.dice.pick(("int", "float", "any")), scope)
        names = "".join(f"{name}, " for name, _ in function.parameters)
        return self.dice.pick(
            (
                [f"globals()[{function.name!r}] = lambda *rest: {value}"],
                [f"{function.name}.__code__ = (lambda {names}: {value}).__code__"],
                [f"{function.name}.__defaults__ = ({value},)"],
                [f"{function.name}.__kwdefaults__ = {{}}"],
                [f"original = {function.name}", f"globals()[{function.name!r}] = lambda *rest: original(*rest)"],
            )
        )

    def edit_keyword_defaults(self, world: World, scope: Scope) -> Lines:
        function, name = self.dice.pick((("keyed", "k"), ("keyed", "n"), ("Holder.scaled", "k")))
        value = self.expressions.literal(self.dice.pick(("int", "int", "float", "any")), scope)
        return self.dice.pick(
            (
                [f"{function}.__kwdefaults__[{name!r}] = {value}"],
                [f"{function}.__kwdefaults__ = {{{name!r}: {value}}}"],
                [f"{function}.__kwdefaults__.pop({name!r}, None)"],
                [f"{function}.__kwdefaults__ = None"],
            )
        )

    def swap_functions(self, world: World, scope: Scope) -> Lines:
        first, second = self.dice.pick(world.functions).name, self.dice.pick(world.functions).name
        return self.dice.pick(
            (
                [f"globals()[{first!r}] = {second}"],
                [f"{first}.__code__ = {second}.__code__"],
                [f"{first}.__code__, {second}.__code__ = {second}.__code__, {first}.__code__"],
            )
        )

    def edit_global(self, world: World, scope: Scope) -> Lines:
        name = self.dice.pick(list(world.constants))
        kind = world.constants[name] if self.dice.chance(0.6) else "any"
        return self.dice.pick(
            ([f"globals()[{name!r}] = {self.expressions.literal(kind, scope)}"], [f"del globals()[{name!r}]"])
        )

    def edit_builtin(self, world: World, scope: Scope) -> Lines:
        name = self.dice.pick(("len", "abs", "min", "isinstance", "range", "sum", "int"))
        hidden = f"globals()[{name!r}] = lambda *rest, **named: 3"
        wrapped = [f"original = {name}", f"globals()[{name!r}] = lambda *rest, **named: original(*rest, **named)"]
        return self.dice.pick(([hidden], wrapped, [f"globals().pop({name!r}, None)"]))
