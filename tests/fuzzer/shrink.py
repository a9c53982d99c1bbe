"""Makes a program smaller that shows something, by leaving out and simplifying parts of its syntax tree."""

from __future__ import annotations

import ast
import copy
import time
import warnings
from collections.abc import Callable, Iterator

Shows = Callable[[str], bool]
"""Whether a program text shows it."""

SIMPLE = (ast.Constant, ast.Name)


class Shrinker:
    """Shrinks one program; the work is bounded by time."""

    def __init__(self, shows: Shows, seconds: float) -> None:
        self.shows, self.until = shows, time.monotonic() + seconds
        self.seen: dict[str, bool] = {}

    def shrink(self, text: str) -> str:
        """The smallest text found; it shows what `text` does. Comments and layout are lost."""
        tree = ast.parse(text)
        if not self.holds(tree):
            return text
        while True:
            before = ast.unparse(tree)
            for step in (self.drop_statements, self.unwrap_statements, self.simplify_expressions):
                tree = step(tree)
            if ast.unparse(tree) == before or self.late():
                return ast.unparse(tree) + "\n"

    def late(self) -> bool:
        """True when the time is up."""
        return time.monotonic() > self.until

    def holds(self, tree: ast.Module) -> bool:
        """True if the tree is a program that still shows it."""
        try:
            text = ast.unparse(ast.fix_missing_locations(tree))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                compile(text, "shrunk", "exec")
        except (SyntaxError, ValueError, RecursionError):
            return False
        if text not in self.seen:
            self.seen[text] = not self.late() and self.shows(text + "\n")
        return self.seen[text]

    def drop_statements(self, tree: ast.Module) -> ast.Module:
        """Leaves out statements, in every block large runs first, from the end on: later ones use earlier ones."""
        path: int = 0
        while path < len(list(blocks(tree))):
            size = len(list(blocks(tree))[path])
            run = size
            while run >= 1 and not self.late():
                start = len(list(blocks(tree))[path]) - run
                while start >= 0:
                    candidate = copy.deepcopy(tree)
                    block = list(blocks(candidate))[path]
                    del block[start : start + run]
                    if not block and block is not candidate.body:
                        block.append(ast.Pass())
                        if ast.unparse(candidate) == ast.unparse(tree):
                            break
                    if self.holds(candidate):
                        tree = candidate
                        start = min(start, len(list(blocks(tree))[path])) - run
                    else:
                        start -= run
                run //= 2
            path += 1
        return tree

    def unwrap_statements(self, tree: ast.Module) -> ast.Module:
        """Puts the bodies of compound statements in their place, and drops ``else`` and handlers."""
        number = 0
        while not self.late():
            places = list(compounds(tree))
            if number >= len(places):
                return tree
            for variant in range(4):
                candidate = copy.deepcopy(tree)
                block, index = list(compounds(candidate))[number]
                if unwrap(block, index, variant) and self.holds(candidate):
                    tree = candidate
                    break
            else:
                number += 1
        return tree

    def simplify_expressions(self, tree: ast.Module) -> ast.Module:
        """Replaces expressions by parts of them or by constants, outer ones first."""
        number = 0
        while not self.late():
            places = list(expressions(tree))
            if number >= len(places):
                return tree
            parent, name, index, node = places[number]
            for replacement in replacements(node):
                candidate = copy.deepcopy(tree)
                parent, name, index, _ = list(expressions(candidate))[number]
                if index is None:
                    setattr(parent, name, replacement)
                else:
                    getattr(parent, name)[index] = replacement
                if len(ast.unparse(candidate)) < len(ast.unparse(tree)) and self.holds(candidate):
                    tree = candidate
                    break
            else:
                number += 1
        return tree


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """All lists of statements, outer ones first."""
    pending = [tree]
    while pending:
        node = pending.pop(0)
        for _, value in ast.iter_fields(node):
            if isinstance(value, list):
                if value and isinstance(value[0], ast.stmt):
                    yield value
                pending += [item for item in value if isinstance(item, ast.AST)]


def compounds(tree: ast.AST) -> Iterator[tuple[list[ast.stmt], int]]:
    """Places of statements that have blocks."""
    for block in blocks(tree):
        for index, statement in enumerate(block):
            if any(isinstance(value, list) and value and isinstance(value[0], ast.stmt) for _, value in ast.iter_fields(statement)):
                yield block, index


def unwrap(block: list[ast.stmt], index: int, variant: int) -> bool:
    """Simplifies a compound statement in the way of that number; False if it has none such."""
    node = block[index]
    if variant == 0:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        if isinstance(node, ast.Match):
            block[index : index + 1] = node.cases[0].body
            return True
        block[index : index + 1] = node.body  # type: ignore[attr-defined]
        return True
    if variant == 1 and getattr(node, "orelse", None):
        node.orelse = []  # type: ignore[attr-defined]
        return True
    if variant == 2 and getattr(node, "finalbody", None) and node.handlers:  # type: ignore[attr-defined]
        node.finalbody = []  # type: ignore[attr-defined]
        return True
    if variant == 3 and isinstance(node, ast.Match) and len(node.cases) > 1:
        node.cases.pop()
        return True
    if variant == 3 and isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
        node.decorator_list.pop()
        return True
    return False


def expressions(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.expr]]:
    """Expressions whose value is used: the node that has them, its field, the index there, and the expression."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(parent, ast.JoinedStr | ast.FormattedValue) or name in ("targets", "target", "format_spec", "annotation"):
                continue
            if isinstance(value, ast.expr) and isinstance(getattr(value, "ctx", None), ast.Load | None):
                yield parent, name, None, value
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.expr) and isinstance(getattr(item, "ctx", None), ast.Load | None):
                        yield parent, name, index, item


def replacements(node: ast.expr) -> Iterator[ast.expr]:
    """Simpler expressions for its place."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int) and not isinstance(node.value, bool) and abs(node.value) > 9:
            yield ast.Constant(node.value // 10)
            yield ast.Constant(node.value // 2)
        return
    if isinstance(node, ast.Lambda):
        yield node.body
    if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Call | ast.Dict):
        for name in ("elts", "args", "keywords"):
            items = getattr(node, name, None) or []
            for index in range(len(items)):
                smaller = copy.deepcopy(node)
                del getattr(smaller, name)[index]
                yield smaller
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and isinstance(getattr(child, "ctx", None), ast.Load | None):
            yield copy.deepcopy(child)
    if not isinstance(node, SIMPLE):
        for value in (0, None, 1):
            yield ast.Constant(value)
