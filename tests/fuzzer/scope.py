"""What a generated program has defined where it goes on: functions, classes, variables by kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from .dice import Dice
from .grammar import NAMES


@dataclass(frozen=True)
class Function:
    """A function or method that programs may call."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    """Names and kinds; methods without ``self``."""
    result: str
    """Kind of what it returns, or ``generator``."""
    defaults: int = 0
    """So many of the last parameters may be left out."""
    keyword_only: tuple[str, ...] = ()
    """Of `parameters`, those that must be named."""


@dataclass
class Class:
    """A class, with what its instances have."""

    name: str
    fields: dict[str, str]
    """Kinds by name, in the order of ``__init__``."""
    base: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    """Class attributes, properties and descriptors that can be read, by name."""
    methods: list[Function] = field(default_factory=list)
    sealed: bool = False
    """True for subclasses of builtin types, which may not have slots."""
    closed: str = ""
    """Operators whose results are instances of the class again."""


@dataclass
class World:
    """What the module has."""

    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    """Global variables with their kinds."""
    numbers: int = 0

    def new(self, stem: str) -> str:
        """A name that the module does not have yet."""
        self.numbers += 1
        return f"{stem}{self.numbers}"

    def class_named(self, name: str) -> Class | None:
        """The class of that name; None if there is none."""
        return next((found for found in self.classes if found.name == name), None)


@dataclass
class Scope:
    """Variables of a function, or of a comprehension within it."""

    world: World
    variables: dict[str, str] = field(default_factory=dict)
    """Bound variables with their kinds."""
    unbound: list[str] = field(default_factory=list)
    """Variables that are bound on some paths only."""
    parameters: frozenset[str] = frozenset()
    loops: int = 0
    """Loops around this place."""
    finallys: int = 0
    """``finally`` blocks around it, where ``break`` and ``return`` draw warnings."""
    result: str | None = None
    """Kind of what the function returns; None in the module."""
    generator: bool = False
    assignable: bool = True
    """False within comprehensions of classes and such, where ``:=`` is an error."""

    def fresh(self, dice: Dice) -> str:
        """A name that is not a variable here, if there is one left."""
        free = [name for name in NAMES if name not in self.variables and name not in self.unbound]
        return dice.pick(free) if free else self.world.new("v")

    def of_kind(self, kind: str) -> list[str]:
        """Variables and constants of a kind."""
        kinds = {kind}
        if kind == "object":
            kinds |= {known.name for known in self.world.classes}
        names = [name for name, known in self.variables.items() if known in kinds]
        return names or [name for name, known in self.world.constants.items() if known == kind]

    def inner(self) -> Scope:
        """A scope within: what it binds is not bound here."""
        return Scope(
            self.world,
            dict(self.variables),
            self.unbound,
            self.parameters,
            self.loops,
            self.finallys,
            self.result,
            self.generator,
            self.assignable,
        )
