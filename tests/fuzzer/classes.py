"""Generated classes: fields, methods, properties, descriptors, operators, slots, subclasses."""

from __future__ import annotations

from .dice import Dice
from .expressions import Expressions
from .scope import Class, Function, Scope, World
from .statements import Lines, Statements, indent

FIELD_KINDS = ("int", "int", "float", "float", "complex", "str", "ints", "floats", "any", "object", "pair", "dict", "bool")
METHOD_KINDS = ("int", "int", "int", "float", "float", "any", "bool", "str", "pair")
BUILTINS = ("int", "float", "str", "list", "dict", "tuple")

OPERATORS = (
    ("__add__", ("other",), "any"),
    ("__radd__", ("other",), "any"),
    ("__sub__", ("other",), "int"),
    ("__iadd__", ("other",), "self"),
    ("__mul__", ("other",), "float"),
    ("__eq__", ("other",), "bool"),
    ("__lt__", ("other",), "bool"),
    ("__hash__", (), "int"),
    ("__bool__", (), "bool"),
    ("__len__", (), "small"),
    ("__getitem__", ("other",), "any"),
    ("__setitem__", ("other", "value"), "none"),
    ("__contains__", ("other",), "bool"),
    ("__call__", ("other",), "int"),
    ("__index__", (), "small"),
    ("__neg__", (), "int"),
    ("__iter__", (), "iterator"),
    ("__getattr__", ("name",), "any"),
)
"""Special methods, their parameters, and what they return."""


NUMBERS = ("int", "float", "complex")

CLOSED = {"__add__": ("+", "other"), "__sub__": ("-", "other"), "__mul__": ("*", "factor"), "__neg__": ("-", "")}
"""Operators that vectors have: sign, and the other operand."""


class Classes:
    """Makes classes for one program."""

    def __init__(self, dice: Dice, expressions: Expressions, statements: Statements) -> None:
        self.dice, self.expressions, self.statements = dice, expressions, statements

    def make(self, world: World) -> Lines:
        """The statement of a class, which the world knows from then on."""
        dice = self.dice
        made = Class(world.new("C"), {})
        base = dice.pick(world.classes) if world.classes and dice.chance(0.4) else None
        slots = dice.chance(0.25) and not (base and base.sealed)
        builtin = None
        if base is not None:
            made.base = base.name
            made.fields.update(base.fields)
            made.attributes.update(base.attributes)
            made.methods += base.methods
        elif not slots and dice.chance(0.08):
            builtin = dice.pick(BUILTINS)
        made.sealed = builtin is not None or (base is not None and base.sealed)
        own = {name: dice.pick(FIELD_KINDS) for name in dice.some(("x", "y", "z", "data", "link", "n"), 1, 3) if name not in made.fields}
        made.fields.update(own)
        body: Lines = []
        if slots and builtin is None:
            body.append(f"__slots__ = ({''.join(repr(name) + ', ' for name in own)})")
        scope = Scope(world)
        for _ in range(dice.number(0, 2)):
            name, kind = world.new("k"), dice.pick(FIELD_KINDS)
            made.attributes[name] = kind
            body.append(f"{name} = {self.expressions.literal(kind, scope)}")
        body += self.init(made, base, own, scope)
        if dice.chance(0.8):
            shown = ", ".join(f"{{getattr(self, {name!r}, None)!r:.30}}" for name in made.fields if made.fields[name] != "object")
            body += ["def __repr__(self):", *indent([f"return f'{made.name}({shown})'"])]
        # From here on the methods may use the class, whose name is bound when they are called.
        world.classes.append(made)
        for _ in range(dice.number(1, 3)):
            body += self.method(made, world)
        if dice.chance(0.5):
            body += self.property(made, world)
        if dice.chance(0.2):
            name = world.new("d")
            made.attributes[name] = "any"
            body.append(f"{name} = {dice.pick(('Noisy', 'Noisy', 'Lazy'))}()")
        if dice.chance(0.35):
            body += self.closed(made)
        for name, parameters, result in dice.some(OPERATORS, 0, 4):
            if made.closed and name in CLOSED:
                continue
            body += self.operator(made, world, name, parameters, result)
        heads = [known for known in (base.name if base else builtin,) if known]
        return [f"class {made.name}({', '.join(heads)}):" if heads else f"class {made.name}:", *indent(body)]

    def init(self, made: Class, base: Class | None, own: dict[str, str], scope: Scope) -> Lines:
        """``__init__``; now and then with more in it than stores."""
        names = list(made.fields)
        last = f"={self.expressions.literal(made.fields[names[-1]], scope)}" if names else ""
        head = f"def __init__(self, {', '.join(names)}{last}):" if names else "def __init__(self):"
        body = []
        if base is not None:
            inherited = [name for name in base.fields]
            how = self.dice.pick((f"super().__init__({', '.join(inherited)})", f"{base.name}.__init__(self, {', '.join(inherited)})"))
            body.append(how)
        body += [f"self.{name} = {name}" for name in own]
        if self.dice.chance(0.1):
            body.append("peek()")
        if self.dice.chance(0.06):
            # All instances keep their attributes in a dictionary; those with slots, which have none, do not.
            body.append("if hasattr(self, '__dict__'): self.__dict__ = dict(self.__dict__)")
        return [head, *indent(body)]

    def scope(self, made: Class, world: World, names: dict[str, str], result: str) -> Scope:
        variables = {"self": made.name, **names}
        return Scope(world, variables, parameters=frozenset(variables), result=result)

    def method(self, made: Class, world: World) -> Lines:
        dice = self.dice
        kind = dice.pick(METHOD_KINDS)
        if made.methods and dice.chance(0.3):
            # Overrides one.
            function = dice.pick(made.methods)
            made.methods.remove(function)
            kind = function.result
        else:
            kinds = [dice.pick(METHOD_KINDS) for _ in range(dice.number(0, 2))]
            parameters = tuple((name, known) for name, known in zip(("m", "o"), kinds))
            function = Function(world.new("m"), parameters, kind)
        scope = self.scope(made, world, dict(function.parameters), kind)
        size = dice.weighted(((6, 0), (3, 1), (1, 3)))
        body = self.statements.function(function, scope, size)
        decorator = []
        first = "self, "
        if dice.chance(0.08):
            decorator, first = dice.pick(((["@staticmethod"], ""), (["@classmethod"], "self, ")))
        if not first:
            body = ["self = None", *body]
        names = "".join(f"{name}, " for name, _ in function.parameters)
        # Known only now: methods do not call themselves.
        made.methods.append(function)
        return [*decorator, f"def {function.name}({first}{names}):", *indent(body)]

    def property(self, made: Class, world: World) -> Lines:
        name, kind = world.new("p"), self.dice.pick(METHOD_KINDS)
        scope = self.scope(made, world, {}, kind)
        body = self.statements.function(Function(name, (), kind), scope, self.dice.weighted(((6, 0), (1, 1))))
        made.attributes[name] = kind
        return ["@property", f"def {name}(self):", *indent(body)]

    def closed(self, made: Class) -> Lines:
        """Operators as vectors have them: for numbers among the fields, and the others are handed on."""
        body: Lines = []
        for name, (sign, other) in self.dice.some(tuple(CLOSED.items()), 1, 3):
            values = []
            for field, kind in made.fields.items():
                number = kind in NUMBERS
                match other:
                    case "other":
                        values.append(f"self.{field} {sign} other.{field}" if number else f"{self.dice.pick(('self', 'other'))}.{field}")
                    case "factor":
                        values.append(f"self.{field} {sign} factor" if number else f"self.{field}")
                    case _:
                        values.append(f"{sign if number else ''}self.{field}")
            head = ", ".join(("self", *((other,) if other else ())))
            body += [f"def {name}({head}):", *indent([f"return {made.name}({', '.join(values)})"])]
            made.closed += {"__mul__": "*", "__neg__": "~"}.get(name, sign)
        return body

    def operator(self, made: Class, world: World, name: str, parameters: tuple[str, ...], result: str) -> Lines:
        kind = "int" if result in ("small", "self", "iterator") else result
        scope = self.scope(made, world, dict.fromkeys(parameters, "any"), kind)
        size = self.dice.weighted(((6, 0), (2, 1)))
        body = self.statements.block(scope, size, 1)
        value = self.expressions.make(kind, scope, 1)
        match result:
            case "small":
                value = f"({value}) & 3"
            case "self":
                value = "self"
            case "iterator":
                value = self.dice.pick((f"iter({self.expressions.make('ints', scope, 1)})", "iter((1, 2))"))
        if name == "__getattr__":
            # Names that the interpreter itself looks for would otherwise never end.
            body = ["if name.startswith('_') or len(LOG) > 90:", "    raise AttributeError(name)", "LOG.append(name)"]
            value = self.expressions.literal("any", scope)
        head = ", ".join(("self", *parameters))
        return [f"def {name}({head}):", *indent([*body, f"return {value}"])]
