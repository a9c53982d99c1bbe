"""Generator functions that only compute: what they do between two items nobody can see, so that loops may have it built into them."""

from __future__ import annotations

from .dice import Dice
from .scope import Function, World

Lines = list[str]

PARAMETERS = (("n", "int"), ("items", "ints"), ("more", "mixed"), ("text", "str"))

ITERABLES = ("range(3)", "range(n % 7)", "range(5, 0, -2)", "items", "items[1:]", "reversed(items)", "more", "(n, 2, 3.5)", "text", "text.split()", "{1: 2, 3: 4}", "{5, 6}")
PAIRS = ("enumerate(items)", "zip(items, more)", "zip(reversed(items), zip(items, more))", "enumerate(enumerate(more))", "{1: 2.5, 3: 'c'}.items()", "((1, 2), (n, 4))")
OPERATORS = ("+", "-", "//", "%", "&", "<", "==", "* 3 %")
"""Before a number: with two variables, what loops assign would grow without bound."""


class Generators:
    """Makes such functions for one program."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.known: list[str] = []
        self.counters = 0

    def make(self, world: World) -> Lines:
        """One more function that the program may call."""
        dice = self.dice
        parameters = tuple(parameter for parameter in PARAMETERS if dice.chance(0.8))
        missing = [f"    {name} = {value}" for name, value in zip(("n", "items", "more", "text"), ("5", "[1, 2, 3]", "(1, 'a', 2.5)", "'ab c'"), strict=True)
                   if all(name != known for known, _ in parameters)]
        self.known, self.counters = [name for name, _ in PARAMETERS], 0
        body = self.block(2)
        if not any("yield" in line for line in body):
            body.append(f"yield {self.value()}")
        function = Function(world.new("g"), parameters, "generator")
        world.functions.append(function)
        return [f"def {function.name}({', '.join(name for name, _ in parameters)}):", *missing, *("    " + line for line in body)]

    def block(self, depth: int) -> Lines:
        """A few statements."""
        return [line for _ in range(self.dice.number(1, 3)) for line in self.statement(depth)]

    def nested(self, head: str, depth: int) -> Lines:
        """Statements under a head."""
        return [head, *("    " + line for line in self.block(depth - 1))]

    def statement(self, depth: int) -> Lines:
        """One statement, with what it consists of."""
        dice = self.dice
        form = dice.number(0, 15)
        if depth > 0 and form < 3:
            name = self.bind()
            return self.nested(f"for {name} in {dice.pick(ITERABLES)}:", depth)
        if depth > 0 and form == 3:
            return self.nested(f"for {self.bind()}, {self.bind()} in {dice.pick(PAIRS)}:", depth)
        if depth > 0 and form == 4:
            self.counters += 1
            counter = f"turn{self.counters}"
            return [f"{counter} = {dice.pick(('0', '-3', 'n % 4'))}", *self.nested(f"while {counter} < {dice.number(2, 6)}:", depth), f"    {counter} += 1"]
        if depth > 0 and form < 8:
            lines = self.nested(f"if {self.value()}:", depth)
            return lines + self.nested("else:", depth) if dice.chance(0.4) else lines
        if form < 12:
            return [f"yield {self.value()}"]
        if form == 12 and dice.chance(0.3):
            return [dice.pick(("return", f"del {dice.pick(self.known)}", "pass"))]
        value = self.number()
        return [f"{self.bind()} = {value}"]

    def bind(self) -> str:
        """A variable to be assigned, often one that is there already."""
        name = self.dice.pick(("x", "y", "z", "x", "y", *self.known))
        if name not in self.known:
            self.known.append(name)
        return name

    def number(self) -> str:
        """An expression to be assigned, which is not larger than what it is made of."""
        dice, name = self.dice, self.dice.pick(self.known)
        parts = (f"text[{dice.number(0, 2)}:]", "text.strip()", "len(items)", f"items[{dice.number(-1, 2)}]", f"not {name}", f"-{name}", "more[0]", name, "2**62")
        return f"({name} {dice.pick(OPERATORS)} {dice.number(-3, 9)})" if dice.chance(0.6) else dice.pick(parts)

    def value(self, depth: int = 2) -> str:
        """An expression. It may raise."""
        dice, name = self.dice, self.dice.pick(self.known)
        form = dice.number(0, 15)
        if depth == 0 or form < 5:
            return dice.pick((name, name, name, str(dice.number(-3, 9)), "2.5", "None", "'ab'", "2**62"))
        if form < 9:
            return f"({self.value(depth - 1)} {dice.pick(OPERATORS)} {dice.number(-3, 9)})"
        if form < 11:
            return f"({self.value(depth - 1)}, {self.value(depth - 1)})"
        return dice.pick(
            (
                f"text[{dice.number(0, 2)}:]", "text.strip()", f"len({dice.pick(('items', 'more', 'text'))})", f"items[{dice.number(-1, 2)}]", f"[{name}]",
                f"({name} if {self.value(depth - 1)} else {self.value(depth - 1)})", f"not {name}", f"isinstance({name}, int)", f"-{name}", f"f'{{{name}}}'",
            )
        )
