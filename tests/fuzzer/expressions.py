"""Expressions of a wanted kind, out of the templates of `grammar`."""

from __future__ import annotations

import re

from .dice import Dice
from .grammar import EXPRESSIONS, KEYS, LITERALS, MODULI, SURPRISES
from .scope import Class, Function, Scope

PLACE = re.compile(r"<(\w+)(!|:\w+)?>")

DEEPEST = 3
SURPRISE = 0.015
"""How often an expression is of another kind than wanted."""


class Expressions:
    """Makes expressions for one program."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice

    def make(self, kind: str, scope: Scope, depth: int | None = None) -> str:
        """An expression of that kind; `depth` bounds how deep it is nested."""
        depth = self.dice.number(0, DEEPEST) if depth is None else depth
        if self.dice.chance(SURPRISE):
            kind = self.surprise(kind)
        if (made := scope.world.class_named(kind)) is not None:
            return self.instance(made, scope, depth)
        if depth <= 0 or self.dice.chance(0.25):
            return self.leaf(kind, scope)
        return self.expand(self.dice.weighted(EXPRESSIONS[kind]), scope, depth - 1)

    def instance(self, made: Class, scope: Scope, depth: int) -> str:
        """An object of that class, or now and then of one like it."""
        names = scope.of_kind(made.name)
        if made.closed and depth > 0 and self.dice.chance(0.4):
            one = self.instance(made, scope, depth - 1)
            match operator := self.dice.pick(made.closed):
                case "~":
                    return f"(-{one})"
                case "*":
                    return f"({one} * {self.make(self.dice.pick(('int', 'float')), scope, 0)})"
            return f"({one} {operator} {self.instance(made, scope, depth - 1)})"
        if names and self.dice.chance(0.8):
            return self.dice.pick(names)
        if self.dice.chance(0.15):
            made = self.dice.pick([known for known in scope.world.classes if made.name in (known.base, known.name)])
        return self.new_of(made, scope, depth)

    def surprise(self, kind: str) -> str:
        """Another kind that may come in its place."""
        return self.dice.pick(SURPRISES.get(kind, ("any", "int", "none")))

    def leaf(self, kind: str, scope: Scope) -> str:
        """A variable or a literal."""
        names = scope.of_kind(kind)
        if names and self.dice.chance(0.8):
            return self.dice.pick(names)
        if scope.unbound and self.dice.chance(0.01):
            return self.dice.pick(scope.unbound)
        if kind == "object":
            return self.new(scope, 0)
        if kind in LITERALS:
            return self.dice.pick(LITERALS[kind])
        return self.expand(EXPRESSIONS[kind][0][1], scope, 0)

    def literal(self, kind: str, scope: Scope) -> str:
        """An expression without variables, for what native code may hold: of watched objects it would be a reference more."""
        if kind == "object" or scope.world.class_named(kind) is not None:
            # Calls of generated classes may raise, which would end the program.
            return "Context()"
        while "WATCHED" in (text := self.leaf(kind, Scope(scope.world))):
            pass
        return text

    def expand(self, template: str, scope: Scope, depth: int) -> str:
        """Fills in a template; names that it binds for itself are known to the rest of it."""
        inner = scope.inner()
        for match in PLACE.finditer(template):
            if match[1] == "fresh":
                name = inner.fresh(self.dice)
                template = template.replace(match[0], name, 1)
                inner.variables[name] = match[2][1:]
                inner.assignable = False
        if inner.assignable:
            return PLACE.sub(lambda match: self.place(match, scope, depth), template)

        def place(match: re.Match[str]) -> str:
            # What is iterated over, and arguments of a lambda, are evaluated outside.
            outside = template[: match.start()].endswith((" in ", ")("))
            where = scope.inner() if outside else inner
            where.assignable = False
            return self.place(match, where, depth)

        return PLACE.sub(place, template)

    def place(self, match: re.Match[str], scope: Scope, depth: int) -> str:
        kind, mark = match[1], match[2] or ""
        if mark == "!":
            text = self.leaf(kind, scope)
            trailed = match.string[match.end() : match.end() + 1] in (".", "[", "(")
            return f"({text})" if trailed and not text.isidentifier() else text
        if kind in EXPRESSIONS and not mark:
            return self.make(kind, scope, depth)
        return self.special(kind, mark[1:], scope, depth)

    def special(self, word: str, kind: str, scope: Scope, depth: int) -> str:
        """What is no expression of a kind."""
        dice = self.dice
        match word:
            case "modulus":
                return dice.pick(MODULI)
            case "small":
                return str(dice.weighted(((6, 0), (5, 1), (2, 2), (1, 3))))
            case "key":
                return dice.pick(KEYS)
            case "loudname":
                return repr(scope.world.new("L"))
            case "class":
                names = [known.name for known in scope.world.classes]
                return dice.pick([*names, "int", "list", "Loud"])
            case "walrus":
                if not scope.assignable or scope.result is None:
                    return self.make(kind, scope, depth)
                value = self.make(kind, scope, depth)
                name = self.target(scope, kind)
                return f"{name} := {value}"
            case "function":
                return self.function_name(kind, scope)
            case "call":
                return self.call(kind, scope, depth)
            case "method":
                return self.method(kind, scope, depth)
            case "attribute":
                return self.attribute(kind, scope, depth)
            case "boundmethod":
                return self.bound_method(scope, depth)
            case "new":
                return self.new(scope, depth)
        raise ValueError(f"no such place in a template: <{word}>")

    def target(self, scope: Scope, kind: str) -> str:
        """A local variable to assign to: one of that kind, or a new one.

        Parameters are not assigned to: what a caller gives up is destroyed later under whipsnake (README, limits).
        """
        own = [name for name, known in scope.variables.items() if known == kind and name not in scope.parameters]
        if own and self.dice.chance(0.6):
            return self.dice.pick(own)
        name = scope.fresh(self.dice)
        if name not in scope.unbound:
            scope.unbound.append(name)
        return name

    def arguments(self, function: Function, scope: Scope, depth: int) -> str:
        """Arguments of a call, by position, name, or unpacked."""
        words = []
        named = False
        count = len(function.parameters) - (self.dice.number(0, function.defaults) if function.defaults else 0)
        unpacked = self.dice.chance(0.04)
        for name, kind in function.parameters[:count]:
            value = self.make(kind, scope, depth)
            if name in function.keyword_only or named or self.dice.chance(0.08):
                named = True
                words.append(f"{name}={value}")
            else:
                words.append(value)
        if unpacked and not named and words:
            return f"*({', '.join(words)},)"
        if self.dice.chance(0.004):
            words = words[1:]
        return ", ".join(words)

    def function_name(self, kind: str, scope: Scope) -> str:
        names = [known.name for known in scope.world.functions if known.result == kind and len(known.parameters) == 1]
        return self.dice.pick(names) if names and self.dice.chance(0.7) else self.dice.pick(("abs", "int", "len", "str"))

    def call(self, kind: str, scope: Scope, depth: int) -> str:
        known = [function for function in scope.world.functions if function.result == kind]
        if not known:
            return self.leaf(kind, scope)
        function = self.dice.pick(known)
        return f"{function.name}({self.arguments(function, scope, depth)})"

    def receiver(self, scope: Scope, depth: int) -> tuple[str, Class] | None:
        """An expression for an object, and the class that it will mostly have."""
        world = scope.world
        if not world.classes:
            return None
        names = scope.of_kind("object")
        if names and self.dice.chance(0.85):
            name = self.dice.pick(names)
            # Of which class others are is not known: the first ones are most often met.
            return name, world.class_named(scope.variables.get(name, "")) or self.dice.pick(world.classes[:2])
        made = self.dice.pick(world.classes)
        return self.new_of(made, scope, depth), made

    def method(self, kind: str, scope: Scope, depth: int) -> str:
        found = self.receiver(scope, depth)
        if found is None:
            return self.leaf(kind, scope)
        receiver, owner = found
        methods = [method for method in owner.methods if method.result == kind]
        if not methods:
            return self.attribute(kind, scope, depth)
        method = self.dice.pick(methods)
        return f"{receiver}.{method.name}({self.arguments(method, scope, depth)})"

    def bound_method(self, scope: Scope, depth: int) -> str:
        found = self.receiver(scope, depth)
        if found is None or not found[1].methods:
            return "abs"
        return f"{found[0]}.{self.dice.pick(found[1].methods).name}"

    def attribute(self, kind: str, scope: Scope, depth: int) -> str:
        found = self.receiver(scope, depth)
        if found is None:
            return self.leaf(kind, scope)
        receiver, owner = found
        names = [name for name, known in (owner.fields | owner.attributes).items() if known == kind]
        return f"{receiver}.{self.dice.pick(names)}" if names else self.leaf(kind, scope)

    def new(self, scope: Scope, depth: int) -> str:
        if not scope.world.classes:
            return "Context()"
        return self.new_of(self.dice.pick(scope.world.classes), scope, depth)

    def new_of(self, made: Class, scope: Scope, depth: int) -> str:
        kinds = tuple((name, kind if depth > 0 or kind != "object" else "none") for name, kind in made.fields.items())
        init = Function(made.name, kinds, made.name, defaults=1 if kinds else 0)
        return f"{made.name}({self.arguments(init, scope, depth - 1)})"
