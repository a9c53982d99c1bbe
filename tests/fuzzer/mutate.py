"""Mutated programs of the corpus: their ideas meet values, orders and edits that nobody thought of."""

from __future__ import annotations

import ast
import copy
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache

from corpus_runner.programs import Program, discover, open_programs

from .dice import Dice
from .grammar import LITERALS

LEFT_OUT = frozenset({"processes", "threads", "signals", "greenlets", "stdlib", "imports", "programs", "extended"})
"""Topics that depend on time or on the machine, or take long."""

DANGEROUS = re.compile(r"\b(os|subprocess|shutil|ctypes|socket|signal|tempfile|time|threading|resource|faulthandler|_testcapi|mmap|asyncio|get_objects|getrefcount|getsizeof|tracemalloc)\b|\bopen\(|\bid\(")
"""Words of programs that are not mutated: they reach outside, could do harm, or show what is different in every run."""

MOST = 4
"""Mutations of one program."""

LARGEST = 3000
"""Bytes of text: compiling larger programs takes longer than they are worth."""

EDGES = tuple(text for kind in ("int", "float", "str", "none", "bool", "ints", "pair", "bytes") for text in LITERALS[kind])
SMALL = ("0", "1", "2", "3", "-1", "7", "50", "True", "None", "1.5", "'a'", "()", "[1]", "float('nan')")

COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
ARITHMETIC = (ast.Add, ast.Sub, ast.BitAnd, ast.BitOr, ast.BitXor, ast.FloorDiv, ast.Mod, ast.Div)

TICK = """\
def tick():
    tick.count += 1
    if tick.count == {count}:
        {event}
tick.count = 0
"""

EVENTS = (
    "import gc; gc.collect()",
    "import sys; sys.settrace(lambda *rest: None)",
    "import sys; sys.setprofile(lambda *rest: None)",
    "import sys; sys._getframe(1).f_locals",
    "raise ValueError('tick')",
)
CLASS_EVENTS = (
    "{name}.{attribute} = lambda self, *rest: 1",
    "{name}.{attribute} = 2.5",
    "del {name}.{attribute}",
    "{name}.{attribute} = property(lambda self: 3)",
    "{name}.__getattribute__ = lambda self, name: object.__getattribute__(self, name)",
    "{name}.__bool__ = lambda self: False",
    "{name}.unseen = 1",
)
FUNCTION_EVENTS = (
    "globals()['{name}'] = lambda *rest, **named: 1",
    "{name}.__code__ = (lambda *rest, **named: 2.5).__code__",
    "{name}.__defaults__ = (None,)",
)


@cache
def sources() -> list[Program]:
    """Programs that may be mutated, and that this Python can parse."""
    known = open_programs()
    return [
        program
        for program in discover()
        if program.name not in known
        and program.name.partition("/")[0] not in LEFT_OUT
        and program.min_python <= sys.version_info[:2] <= program.max_python
        and not program.serial
        and not program.needs
        and program.exit == 0
        and program.path.stat().st_size <= LARGEST
        and not DANGEROUS.search(program.path.read_text(encoding="utf-8"))
    ]


def mutant(seed: str) -> tuple[str, str]:
    """Where the mutant of a seed comes from, and its text, which compiles."""
    dice = Dice(f"mutant {seed}")
    program = dice.pick(sources())
    tree = ast.parse(program.path.read_text(encoding="utf-8"))
    for _ in range(dice.number(1, MOST)):
        changed = copy.deepcopy(tree)
        dice.weighted(MUTATIONS)(changed, dice)
        ast.fix_missing_locations(changed)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                compile(ast.unparse(changed), "mutant", "exec")
        except (SyntaxError, ValueError, RecursionError):
            continue
        tree = changed
    return f"seed {seed}, a mutant of {program.name}", ast.unparse(tree) + "\n"


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    """All functions with a body."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def blocks_of(tree: ast.AST) -> list[list[ast.stmt]]:
    """Blocks within functions."""
    return [
        value
        for function in functions(tree)
        for node in ast.walk(function)
        for _, value in ast.iter_fields(node)
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt)
    ]


def loaded(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Places of expressions whose value is used."""
    for parent in ast.walk(tree):
        if isinstance(parent, ast.JoinedStr | ast.FormattedValue | ast.MatchValue | ast.MatchMapping | ast.MatchClass):
            continue
        for name, value in ast.iter_fields(parent):
            if name in ("targets", "target", "optional_vars", "annotation", "decorator_list", "returns"):
                continue
            for index, item in enumerate(value) if isinstance(value, list) else ((None, value),):
                if isinstance(item, ast.expr) and isinstance(getattr(item, "ctx", None), ast.Load | None):
                    yield parent, name, index


def get(place: tuple[ast.AST, str, int | None]) -> ast.expr:
    """The expression in a place."""
    parent, name, index = place
    return getattr(parent, name) if index is None else getattr(parent, name)[index]


def put(place: tuple[ast.AST, str, int | None], expression: ast.expr) -> None:
    """Replaces it."""
    parent, name, index = place
    if index is None:
        setattr(parent, name, expression)
    else:
        getattr(parent, name)[index] = expression


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def change_constant(tree: ast.Module, dice: Dice) -> None:
    places = [place for place in loaded(tree) if isinstance(get(place), ast.Constant)]
    if places:
        place = dice.pick(places)
        value = get(place).value  # type: ignore[attr-defined]
        # A large number in the place of a small one could be a number of turns.
        counts = isinstance(place[0], ast.Call)
        put(place, expression(dice.pick(SMALL if counts or not isinstance(value, int | float) else EDGES)))


def change_operator(tree: ast.Module, dice: Dice) -> None:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp | ast.Compare | ast.AugAssign | ast.BoolOp)]
    if not nodes:
        return
    match dice.pick(nodes):
        case ast.Compare() as node:
            node.ops[dice.number(0, len(node.ops) - 1)] = dice.pick(COMPARISONS)()
        case ast.BoolOp() as node:
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.BinOp() | ast.AugAssign() as node:
            node.op = dice.pick(ARITHMETIC)()


def replace_expression(tree: ast.Module, dice: Dice) -> None:
    """An expression comes to stand in another place of its function."""
    found = functions(tree)
    if found:
        places = list(loaded(dice.pick(found)))
        if len(places) > 1:
            put(dice.pick(places), copy.deepcopy(get(dice.pick(places))))


def repeat_statement(tree: ast.Module, dice: Dice) -> None:
    blocks = blocks_of(tree)
    if blocks:
        block = dice.pick(blocks)
        block.insert(dice.number(0, len(block)), copy.deepcopy(dice.pick(dice.pick(blocks) if dice.chance(0.4) else block)))


def drop_statement(tree: ast.Module, dice: Dice) -> None:
    blocks = [block for block in blocks_of(tree) if len(block) > 1]
    if blocks:
        block = dice.pick(blocks)
        del block[dice.number(0, len(block) - 1)]


def swap_statements(tree: ast.Module, dice: Dice) -> None:
    blocks = [block for block in blocks_of(tree) if len(block) > 1]
    if blocks:
        block = dice.pick(blocks)
        index = dice.number(0, len(block) - 2)
        block[index], block[index + 1] = block[index + 1], block[index]


def wrap_statement(tree: ast.Module, dice: Dice) -> None:
    blocks = blocks_of(tree)
    if not blocks:
        return
    block = dice.pick(blocks)
    index = dice.number(0, len(block) - 1)
    wrapped = ast.parse(
        dice.pick(
            (
                "for _turn in range(3): pass",
                "try: pass\nexcept Exception as _error: print(type(_error).__name__, _error)",
                "try: pass\nfinally: print('finally')",
                "with __import__('contextlib').suppress(ValueError, TypeError): pass",
                "if True: pass",
            )
        )
    ).body[0]
    wrapped.body = [block[index]]  # type: ignore[attr-defined]
    block[index] = wrapped


def change_type(tree: ast.Module, dice: Dice) -> None:
    """A variable of a function gets another value where it has just got one, on one call or turn."""
    blocks = [block for block in blocks_of(tree) if any(isinstance(statement, ast.Assign | ast.AugAssign) for statement in block)]
    if not blocks:
        return
    block = dice.pick(blocks)
    index, names = dice.pick(
        [
            (index, [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)])
            for index, statement in enumerate(block)
            if isinstance(statement, ast.Assign | ast.AugAssign)
        ]
    )
    if names:
        counted = ast.parse(f"if tick.count % {dice.pick((7, 40, 41))} == 3: {dice.pick(names)} = {dice.pick(EDGES)}").body
        block[index + 1 : index + 1] = [*ast.parse("tick()").body, *counted]
        add_tick(tree, dice, "pass")


def change_world(tree: ast.Module, dice: Dice) -> None:
    """A class, a function or a tool changes in the middle of things."""
    blocks = blocks_of(tree)
    if not blocks:
        return
    events = [event for event in EVENTS]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = [item.name for item in node.body if isinstance(item, ast.FunctionDef)]
            names += [target.id for item in node.body if isinstance(item, ast.Assign) for target in item.targets if isinstance(target, ast.Name)]
            attribute = dice.pick(names) if names else "unseen"
            events += [event.format(name=node.name, attribute=attribute) for event in CLASS_EVENTS]
        elif isinstance(node, ast.FunctionDef):
            events += [event.format(name=node.name) for event in FUNCTION_EVENTS]
    block = dice.pick(blocks)
    block.insert(dice.number(0, len(block) - 1), ast.parse("tick()").body[0])
    add_tick(tree, dice, dice.pick(events))


def add_tick(tree: ast.Module, dice: Dice, event: str) -> None:
    """Defines ``tick`` unless the program has it already."""
    if not any(isinstance(node, ast.FunctionDef) and node.name == "tick" for node in tree.body):
        count = dice.pick((1, 2, 5, 31, 33, 60, 100, 200))
        place = 1 if tree.body and isinstance(tree.body[0], ast.ImportFrom) else 0
        tree.body[place:place] = ast.parse(TICK.format(count=count, event=event)).body


def change_turns(tree: ast.Module, dice: Dice) -> None:
    """Other numbers of turns: compiled earlier or later than meant."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"]
    numbers = [(call, index) for call in calls for index, item in enumerate(call.args) if isinstance(item, ast.Constant)]
    if numbers:
        call, index = dice.pick(numbers)
        call.args[index] = ast.Constant(dice.pick((0, 1, 2, 3, 5, 29, 31, 60, 90)))


MUTATIONS: tuple[tuple[float, Callable[[ast.Module, Dice], None]], ...] = (
    (5, change_constant),
    (4, change_operator),
    (5, replace_expression),
    (4, repeat_statement),
    (2, drop_statement),
    (3, swap_statements),
    (3, wrap_statement),
    (4, change_type),
    (5, change_world),
    (2, change_turns),
)
