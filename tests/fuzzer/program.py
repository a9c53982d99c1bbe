"""Whole programs out of a seed."""

from __future__ import annotations

from pathlib import Path

from .classes import Classes
from .dice import Dice
from .events import Events
from .expressions import Expressions
from .generators import Generators
from .scope import NAMES, Function, Scope, World
from .statements import Lines, Statements, indent

PRELUDE = Path(__file__).with_name("prelude.py").read_text(encoding="utf-8")

DESCRIPTORS = '''\
class Noisy:
    def __set_name__(self, owner, name):
        self.key = "_" + name

    def __get__(self, instance, owner):
        LOG.append("get" + self.key)
        return 7 if instance is None else instance.__dict__.get(self.key, 1)

    def __set__(self, instance, value):
        LOG.append("set" + self.key)
        instance.__dict__[self.key] = value


class Lazy:
    def __get__(self, instance, owner):
        LOG.append("lazy")
        return len(LOG)
'''

PARAMETER_KINDS = (
    *("int", "int", "int", "int", "float", "float", "float", "complex", "bool", "str", "ints", "ints", "floats", "pair", "dict", "table", "counts"),
    *("object", "object", "any", "tuple", "set", "mixed", "generator", "callable", "strs"),
)
RESULT_KINDS = ("int", "int", "int", "int", "float", "float", "complex", "any", "any", "bool", "str", "pair", "ints", "floats", "object")
CONSTANT_KINDS = ("int", "float", "ints", "dict", "table", "str", "any", "object", "pair", "callable", "callable")

LOOKS = (
    *("LOG.append(variables())", "LOG.append(variables())", "poke('{name}', {value})", "poke('{name}', {value})"),
    *("LOG.append(shown(SPACE.get('{name}'), 30))", "LOG.append('{name}' in SPACE)", "SPACE['{name}'] = {value}", "SPACE['{name}'] = {other} = {value}"),
    *("{name} = Looking()", "{name} = Looking()", "LOG.append(shown(list(SPACE.values())[-2:], 60))", "exec('{name} = {other}')", "SPACE.pop('{name}', None)"),
    *("LOG.append([name for name, value in SPACE.items() if name == '{name}' and not LOG.append(shown(value, 20))])",),
    *("LOG.append((lambda: shown({name}, 30))())", "{name} = {value}", "{name} = {other}", "del {name}"),
)
"""Statements of a module that look at its variables, or change them, behind the back of who assigns them."""

PARAMETERS = ("a", "b", "c", "d")


def generate(seed: str) -> str:
    """The program of a seed, as text; the same in every process."""
    return _Generator(seed).program()


class _Generator:
    def __init__(self, seed: str) -> None:
        self.dice = Dice(seed)
        self.world = World()
        self.expressions = Expressions(self.dice)
        self.statements = Statements(self.dice, self.expressions)
        self.classes = Classes(self.dice, self.expressions, self.statements)
        self.events = Events(self.dice, self.expressions)
        self.generators = Generators(self.dice)

    def program(self) -> str:
        dice, world = self.dice, self.world
        parts: list[Lines] = [PRELUDE.splitlines()]
        for _ in range(dice.number(0, 2)):
            name, kind = world.new("K"), dice.pick(CONSTANT_KINDS)
            parts.append([f"{name} = {self.expressions.literal(kind, Scope(world))}"])
            world.constants[name] = kind
        definitions: list[Lines] = []
        for _ in range(dice.number(0, 3)):
            definitions.append(self.classes.make(world))
        for _ in range(dice.number(0, 2)):
            definitions.append(self.generators.make(world))
        for _ in range(dice.number(2, 6)):
            definitions.append(self.function())
        if any("Noisy()" in line or "Lazy()" in line for lines in definitions for line in lines):
            parts.append(DESCRIPTORS.splitlines())
        parts += definitions
        parts.append(self.events.make(world))
        if dice.chance(0.6):
            parts.append(self.module_code())
        # Those defined last call the others.
        callees = dice.some(world.functions[-4:], 2, 4)
        parts += [self.drive(function) for function in callees]
        if dice.chance(0.5):
            parts.append(self.drive(dice.pick(callees)))
        parts.append(["gc.collect()", "print(Loud.alive, list(map(sys.getrefcount, WATCHED)), shown(settled(LOG), 300))"])
        return "\n\n\n".join("\n".join(lines) for lines in parts) + "\n"

    def function(self) -> Lines:
        """A function that may call those before it, and now and then itself."""
        dice, world = self.dice, self.world
        generator = dice.chance(0.15)
        kind = "generator" if generator else dice.pick(RESULT_KINDS)
        count = dice.weighted(((1, 0), (4, 1), (4, 2), (3, 3), (1, 4)))
        kinds = PARAMETER_KINDS + 3 * tuple(known.name for known in world.classes)
        parameters = tuple((name, dice.pick(kinds)) for name in PARAMETERS[:count])
        defaults = dice.number(1, count) if count and dice.chance(0.25) else 0
        named = tuple(name for name, _ in parameters[count - defaults :]) if defaults and dice.chance(0.3) else ()
        function = Function(world.new("f"), parameters, kind, defaults, named)
        scope = Scope(world, dict(parameters), parameters=frozenset(name for name, _ in parameters), result=kind, generator=generator)
        size = dice.weighted(((5, 0), (3, 1), (5, 4), (5, 7), (1, 12)))
        assigned = [name for name in world.constants if dice.chance(0.2)]
        scope.variables.update((name, world.constants[name]) for name in assigned)
        body = self.statements.function(function, scope, size)
        for name in assigned:
            body = [line.replace(f"nonlocal {name}", f"global {name}") for line in body]
        if assigned:
            body.insert(0, f"global {', '.join(assigned)}")
        if size > 0 and dice.chance(0.7):
            body.insert(min(len(assigned), 1), "tick()")
        if not generator and parameters and parameters[0][1] == "int" and dice.chance(0.12):
            rest = "".join(f", {name}{f'={name}' if name in named else ''}" for name, _ in parameters[1:] if name not in named)
            rest += "".join(f", {name}={name}" for name in named if name != parameters[0][0])
            if parameters[0][0] not in named:
                body[min(len(assigned), 1) : min(len(assigned), 1)] = [
                    "if isinstance(a, int) and 0 < a < 30:",
                    f"    {scope.fresh(dice)} = {function.name}(a - {dice.pick('123')}{rest})",
                ]
        world.functions.append(function)
        words = []
        for number, (name, known) in enumerate(parameters):
            if name in named and "*" not in words:
                words.append("*")
            default = number >= count - defaults
            words.append(f"{name}={self.expressions.literal(known, scope)}" if default else name)
        return [f"def {function.name}({', '.join(words)}):", *indent(body)]

    def module_code(self) -> Lines:
        """Hot code of the module itself, whose variables are globals."""
        scope = Scope(self.world, dict(self.world.constants))
        body = self.statements.block(scope, 3, 0)
        for _ in range(self.dice.number(1, 3)):
            loop = self.statements.while_loop if self.dice.chance(0.3) else self.statements.loop
            body += loop(scope, 2)
        for _ in range(self.dice.number(0, 4)):
            self.look(body)
        handler = ["except Exception as error:", *indent(["print(told(error))"])]
        return ["try:", *indent(body), *handler, "print(shown(settled(LOG), 2000), variables())", "LOG.clear()"]

    def look(self, body: Lines) -> None:
        """Puts a statement somewhere into code of the module that reads or changes its variables in another way."""
        begins = ("else", "elif", "except", "finally", "case")
        places = [at for at, line in enumerate(body) if line.strip() and not line.strip().startswith(begins)]
        at = self.dice.pick(places)
        margin = body[at][: len(body[at]) - len(body[at].lstrip())]
        kind = self.dice.pick(("int", "int", "float", "str", "any", "ints"))
        value = self.expressions.literal(kind, Scope(self.world))
        body.insert(at, margin + self.dice.pick(LOOKS).format(name=self.dice.pick(NAMES), other=self.dice.pick(NAMES), value=value))

    def row(self, function: Function, surprises: float) -> str:
        """Arguments as a function that makes them anew for each call."""
        scope = Scope(self.world)
        words = []
        count = len(function.parameters) - (self.dice.number(0, function.defaults) if function.defaults else 0)
        for name, kind in function.parameters[:count]:
            if name in function.keyword_only:
                break
            kind = self.expressions.surprise(kind) if self.dice.chance(surprises) else kind
            words.append(self.expressions.make(kind, scope, self.dice.number(0, 1)))
        return f"lambda: ({', '.join(words)}{',' if len(words) == 1 else ''})"

    def drive(self, function: Function) -> Lines:
        """Calls with arguments of the same types many times, then with others, then with the first again."""
        dice = self.dice
        usual = [self.row(function, 0.0) for _ in range(dice.number(1, 2))]
        unusual = [self.row(function, 0.5) for _ in range(dice.number(1, 3))]
        turns = dice.pick((20, 60, 80, 150, 300))
        lines = [f"drive({function.name!r}, {function.name}, [{', '.join(usual)}], {turns})"]
        lines.append(f"drive({function.name!r}, {function.name}, [{', '.join(unusual)}], {dice.pick((3, 12, 40))})")
        if dice.chance(0.5):
            lines.append(f"drive({function.name!r}, {function.name}, [{usual[0]}], {dice.pick((12, 40))})")
        return lines
