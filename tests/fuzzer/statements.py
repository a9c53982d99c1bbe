"""Statements and blocks of generated functions. Every loop ends, and nothing grows without bound."""

from __future__ import annotations

from .dice import Dice
from .expressions import Expressions
from .grammar import KEYS, KINDS
from .scope import Function, Scope

Lines = list[str]

ERRORS = ("ValueError", "TypeError", "KeyError", "ZeroDivisionError", "IndexError", "AttributeError", "(ValueError, TypeError)", "Exception")

LOCAL_KINDS = tuple(
    (weight, kind)
    for weight, kind in zip(
        (14, 8, 4, 3, 5, 1, 0, 6, 3, 1, 2, 4, 1, 4, 2, 2, 1, 4, 4, 2, 1, 5),
        ("int", "float", "complex", "bool", "str", "bytes", "none", "ints", "floats", "strs", "mixed", "pair", "tuple", "dict", "table", "counts")
        + ("set", "loud", "object", "generator", "callable", "any"),
        strict=True,
    )
)
"""Kinds of local variables by weight."""

CAREFUL = 0.2
"""How many statements that may raise are guarded by ``try``."""


def indent(lines: Lines) -> Lines:
    """The lines one level deeper; never none."""
    return ["    " + line for line in lines] or ["    pass"]


class Statements:
    """Makes blocks for one program."""

    def __init__(self, dice: Dice, expressions: Expressions) -> None:
        self.dice, self.expressions = dice, expressions
        self.forms = (
            (16, self.assign),
            (9, self.augment),
            (4, self.unpack),
            (7, self.branch),
            (6, self.loop),
            (2, self.while_loop),
            (4, self.guarded),
            (1, self.raising),
            (2, self.with_block),
            (1, self.leave_early),
            (2, self.closure),
            (4, self.store_attribute),
            (1, self.reshape),
            (5, self.store_item),
            (4, self.change_container),
            (1, self.delete),
            (2, self.store_global),
            (2, self.log),
            (1, self.peek),
            (3, self.lifetime),
            (3, self.call),
            (2, self.match),
            (1, self.assertion),
            (2, self.retype),
            (2, self.tick),
            (2, self.give),
        )

    def block(self, scope: Scope, size: int, depth: int) -> Lines:
        """About `size` statements; `depth` bounds how deep blocks nest."""
        lines: Lines = []
        for _ in range(size):
            before = dict(scope.variables)
            made = self.dice.weighted(self.forms)(scope, depth)
            if made and self.dice.chance(CAREFUL) and not any(line.lstrip().startswith(("return", "break", "continue")) for line in made):
                made = self.guard(made)
                scope.variables = before
            lines += made
        return lines

    def guard(self, lines: Lines) -> Lines:
        """The lines with a handler around them."""
        handler = self.dice.pick(("LOG.append('caught')", "LOG.append(told(error))", "pass"))
        return ["try:", *indent(lines), f"except {self.dice.pick(ERRORS[-3:])} as error:", *indent([handler])]

    def expression(self, kind: str, scope: Scope) -> str:
        return self.expressions.make(kind, scope)

    def bind(self, scope: Scope, kind: str) -> str:
        """A variable that the next statement binds, of that kind from then on."""
        name = self.expressions.target(scope, kind)
        self.bound(scope, name, kind)
        return name

    def bound(self, scope: Scope, name: str, kind: str) -> None:
        scope.variables[name] = kind
        if name not in scope.unbound:
            scope.unbound.append(name)

    def condition(self, scope: Scope) -> str:
        """Often false at first and true later, so that there is something to learn."""
        counters = scope.of_kind("int")
        if counters and self.dice.chance(0.35):
            return f"{self.dice.pick(counters)} {self.dice.pick(('==', '>', '<', '%'))} {self.dice.pick(('2', '5', '7', '40', '50'))}"
        return self.expression("bool", scope)

    def assign(self, scope: Scope, depth: int) -> Lines:
        kind = self.dice.weighted(LOCAL_KINDS)
        if scope.world.classes and self.dice.chance(0.15):
            kind = self.dice.pick(scope.world.classes).name
        value = self.expression(kind, scope)
        if self.dice.chance(0.05):
            first, second = self.bind(scope, kind), self.bind(scope, kind)
            return [f"{first} = {second} = {value}"]
        return [f"{self.bind(scope, kind)} = {value}"]

    def augment(self, scope: Scope, depth: int) -> Lines:
        kind = self.dice.weighted(((8, "int"), (5, "float"), (2, "complex"), (2, "str"), (2, "ints"), (1, "set"), (1, "dict")))
        names = [name for name, known in scope.variables.items() if known == kind and name not in scope.parameters]
        if not names:
            return self.assign(scope, depth)
        name, value = self.dice.pick(names), self.expression(kind, scope)
        match kind:
            case "int":
                operator = self.dice.pick(("+", "+", "+", "-", "^", "|", "&", "//", "%", "*"))
                cut = [f"{name} %= {self.expressions.special('modulus', '', scope, 0)}"] if operator == "*" else []
                return [f"{name} {operator}= {value}", *cut]
            case "float" | "complex":
                return [f"{name} {self.dice.pick('+-*/')}= {value}"]
            case "str":
                return [f"{name} += {value}", f"{name} = {name}[-9:]"]
            case "ints":
                return [f"{name} += {value}", f"del {name}[9:]"]
            case "set":
                return [f"{name} {self.dice.pick('&-^')}= {value}"]
        return [f"{name} |= {value}"]

    def unpack(self, scope: Scope, depth: int) -> Lines:
        match self.dice.number(0, 5):
            case 0:
                value = self.expression("pair", scope)
                return [f"{self.bind(scope, 'any')}, {self.bind(scope, 'int')} = {value}"]
            case 1:
                value = self.expression("ints", scope)
                return [f"{self.bind(scope, 'int')}, *{self.bind(scope, 'ints')} = {value}"]
            case 2:
                names = [name for name, kind in scope.variables.items() if kind in KINDS and name not in scope.parameters]
                if len(names) < 2:
                    return self.assign(scope, depth)
                first, second = self.dice.some(names, 2, 2)
                kinds = scope.variables
                kinds[first], kinds[second] = kinds[second], kinds[first]
                return [f"{first}, {second} = {second}, {first}"]
            case 3:
                values = self.expression("int", scope), self.expression("float", scope)
                return [f"{self.bind(scope, 'int')}, {self.bind(scope, 'float')} = {', '.join(values)}"]
            case 4:
                return self.unpack_other_length(scope)
        value = self.expression("tuple", scope)
        return [f"*{self.bind(scope, 'mixed')}, {self.bind(scope, 'any')} = {value}"]

    def unpack_other_length(self, scope: Scope) -> Lines:
        """Now and then there are more or fewer items than names."""
        kind = self.dice.pick(("tuple", "ints"))
        usual, unusual = ("(<any>, <int>)", "(<any>, <int>, <any>)") if kind == "tuple" else ("[<int>, <int>]", "[<int>][:<small>]")
        source, condition = self.bind(scope, kind), self.condition(scope)
        values = [self.expressions.expand(template, scope, 1) for template in (usual, unusual)]
        inner = scope.inner()
        unpacked = self.guard([f"{self.bind(inner, 'any')}, {self.bind(inner, 'any')} = {source}"])
        return [f"{source} = {values[0]}", f"if {condition}:", *indent([f"{source} = {values[1]}"]), *unpacked]

    def branch(self, scope: Scope, depth: int) -> Lines:
        if depth <= 0:
            return self.assign(scope, depth)
        size = self.dice.number(1, 3)
        lines = [f"if {self.condition(scope)}:", *indent(self.block(scope.inner(), size, depth - 1))]
        if self.dice.chance(0.25):
            lines += [f"elif {self.condition(scope)}:", *indent(self.block(scope.inner(), 1, depth - 1))]
        if self.dice.chance(0.45):
            lines += ["else:", *indent(self.block(scope.inner(), self.dice.number(1, 2), depth - 1))]
        return lines

    def loop(self, scope: Scope, depth: int) -> Lines:
        if depth <= 0 or scope.loops >= 2:
            return self.augment(scope, depth)
        inner = scope.inner()
        inner.loops += 1
        head = self.loop_head(scope, inner)
        body = self.block(inner, self.dice.number(1, 4), depth - 1)
        if self.dice.chance(0.3):
            body.append("tick()")
        if self.dice.chance(0.25):
            body.append(f"if {self.condition(inner)}:")
            body += indent([self.dice.pick(("break", "continue"))])
            body += self.block(inner, 1, 0)
        lines = [*head, *indent(body)]
        if self.dice.chance(0.1):
            lines += ["else:", *indent(self.block(scope.inner(), 1, 0))]
        return lines

    def loop_head(self, scope: Scope, inner: Scope) -> Lines:
        """A ``for`` line, and what it binds."""
        turns = self.dice.pick((3, 5, 12, 60, 90)) if scope.loops == 0 else self.dice.pick((2, 3, 5))
        if any(function.result == "generator" for function in scope.world.functions) and self.dice.chance(0.2):
            items = self.expressions.call("generator", scope, 2)
            return [f"for {self.bind(inner, 'any')} in {items}:"]
        match self.dice.number(0, 13):
            case 0 | 1 | 2 | 3 | 4:
                bounds = self.dice.weighted(
                    ((6, f"{turns}"), (1, f"1, {turns}"), (1, f"{turns}, 0, -1"), (1, f"2**63 - 2, 2**63 + {turns}"), (1, f"0, {turns * 2}, 2"))
                )
                return [f"for {self.bind(inner, 'int')} in range({bounds}):"]
            case 5:
                return [f"for {self.bind(inner, 'int')} in {self.expression('ints', scope)}:"]
            case 6:
                return [f"for {self.bind(inner, 'int')}, {self.bind(inner, 'float')} in enumerate({self.expression('floats', scope)}):"]
            case 7:
                pair = f"zip({self.expression('ints', scope)}, {self.expression('strs', scope)})"
                return [f"for {self.bind(inner, 'int')}, {self.bind(inner, 'str')} in {pair}:"]
            case 8:
                return [f"for {self.bind(inner, 'str')}, {self.bind(inner, 'any')} in list({self.expression('dict', scope)}.items()):"]
            case 9:
                return [f"for {self.bind(inner, 'str')} in {self.expression('str', scope)}:"]
            case 10 | 13:
                return [f"for {self.bind(inner, 'any')} in {self.expression('generator', scope)}:"]
            case 11:
                return [f"for {self.bind(inner, 'any')} in {self.expression('mixed', scope)}:"]
        return [f"for {self.bind(inner, 'any')} in {self.expression('tuple', scope)} * {turns}:"]

    def while_loop(self, scope: Scope, depth: int) -> Lines:
        if depth <= 0 or scope.loops >= 2:
            return self.assign(scope, depth)
        inner = scope.inner()
        inner.loops += 1
        counter = scope.world.new("n")
        inner.variables[counter] = "int"
        turns = self.dice.pick((4, 50)) if scope.loops == 0 else 3
        # The counter cannot be assigned to by others.
        inner.parameters |= {counter}
        condition = self.dice.pick((f"{counter} < {turns}", "True", f"{counter} < {turns} and {self.expression('bool', inner)}"))
        stop = [f"if {counter} >= {turns}:", "    break"] if condition == "True" else []
        body = [f"{counter} += 1", *stop, *self.block(inner, self.dice.number(1, 3), depth - 1)]
        return [f"{counter} = 0", f"while {condition}:", *indent(body)]

    def guarded(self, scope: Scope, depth: int) -> Lines:
        if depth <= 0:
            return self.assign(scope, depth)
        body = self.block(scope.inner(), self.dice.number(1, 2), depth - 1)
        lines = ["try:", *indent(body)]
        if self.dice.chance(0.85):
            handler = scope.inner()
            error = self.dice.pick(ERRORS)
            bound = self.dice.chance(0.6)
            after = self.block(handler, 1, depth - 1)
            if bound and self.dice.chance(0.6):
                after.append("LOG.append(told(error))")
            if self.dice.chance(0.08):
                after.append(self.dice.pick(("raise", "raise RuntimeError('again')", "raise KeyError('from') from None")))
            lines += [f"except {error}{' as error' if bound else ''}:", *indent(after)]
            if self.dice.chance(0.15):
                lines += ["else:", *indent(self.block(scope.inner(), 1, 0))]
            if self.dice.chance(0.75):
                return lines
        inner = scope.inner()
        inner.finallys += 1
        return [*lines, "finally:", *indent(self.block(inner, 1, 0))]

    def raising(self, scope: Scope, depth: int) -> Lines:
        error = self.dice.pick(("ValueError('made')", "KeyError(1)", "TypeError", "IndexError('x', 2)", "ZeroDivisionError()"))
        return [f"if {self.condition(scope)}:", *indent([f"raise {error}"])]

    def with_block(self, scope: Scope, depth: int) -> Lines:
        if depth <= 0:
            return self.assign(scope, depth)
        swallows = self.dice.pick(("", "True", self.expression("bool", scope)))
        bound = f" as {self.bind(scope, 'any')}" if self.dice.chance(0.4) else ""
        manager = self.dice.weighted(
            (
                (6, f"Context({swallows})"),
                (1, f"kept({swallows or False})"),
                (1, f"entered({self.expression('any', scope)})"),
                (1, f"entered({self.expression('int', scope)}, {self.expression('int', scope)}, name={self.expression('bool', scope)})"),
            )
        )
        return [f"with {manager}{bound}:", *indent(self.block(scope.inner(), self.dice.number(1, 2), depth - 1))]

    def leave_early(self, scope: Scope, depth: int) -> Lines:
        if scope.result is None or scope.finallys:
            return self.log(scope, depth)
        value = "" if scope.generator else " " + self.expression(scope.result, scope)
        return [f"if {self.condition(scope)}:", *indent([f"return{value}"])]

    def closure(self, scope: Scope, depth: int) -> Lines:
        """A function within, which sees and perhaps changes variables of this one."""
        if scope.result is None or depth <= 0:
            return self.call(scope, depth)
        own = [name for name, kind in scope.variables.items() if kind == "int" and name not in scope.parameters]
        name, parameter = scope.world.new("inner"), scope.fresh(self.dice)
        inner = scope.inner()
        inner.generator, inner.loops, inner.finallys = False, 1, 0
        inner.result, inner.parameters = "int", inner.parameters | {parameter, *inner.variables}
        inner.unbound = []
        inner.variables[parameter] = "int"
        body = []
        if own and self.dice.chance(0.5):
            changed = self.dice.pick(own)
            body += [f"nonlocal {changed}", f"{changed} = {self.expression('int', inner)} % 1000003"]
        if self.dice.chance(0.3):
            body += self.block(inner, 1, 1)
        body.append(f"return {self.expression('int', inner)}")
        default = f"={self.expression('int', scope)}" if self.dice.chance(0.3) else ""
        lines = [f"def {name}({parameter}{default}):", *indent(body)]
        match self.dice.number(0, 4):
            case 0:
                use = f"{self.bind(scope, 'int')} = {name}({self.expression('int', scope)})"
            case 1:
                use = f"{self.bind(scope, 'ints')} = [{name}({parameter}) for {parameter} in range(4)]"
            case 2:
                use = f"{self.bind(scope, 'callable')} = {name}"
            case 3:
                # One or the other is called in one place.
                other, chosen = scope.world.new("inner"), self.bind(scope, "callable")
                lines += [f"def {other}({parameter}):", *indent([f"return {self.expression('int', inner)}"])]
                lines += [f"{chosen} = {name}", f"if {self.condition(scope)}:", *indent([f"{chosen} = {other}"])]
                use = f"{self.bind(scope, 'int')} = {chosen}({self.expression('int', scope)})"
            case _:
                use = f"{self.bind(scope, 'ints')} = list(map({name}, {self.expression('ints', scope)}))"
        return [*lines, use]

    def store_attribute(self, scope: Scope, depth: int) -> Lines:
        found = self.expressions.receiver(scope, 1)
        if found is None:
            return self.assign(scope, depth)
        receiver, owner = found
        if not owner.fields or self.dice.chance(0.03):
            return [f"{receiver}.extra = {self.expression('any', scope)}"]
        name = self.dice.pick(list(owner.fields))
        kind = owner.fields[name]
        if self.dice.chance(0.03):
            return [f"del {receiver}.{name}"]
        if kind in ("int", "float", "complex") and self.dice.chance(0.4):
            return [f"{receiver}.{name} {self.dice.pick('+-')}= {self.expression(kind, scope)}"]
        return [f"{receiver}.{name} = {self.expression(kind, scope)}"]

    def reshape(self, scope: Scope, depth: int) -> Lines:
        """An instance gets a dictionary of its own, keys that others lack, or an attribute that hides one of its class."""
        found = self.expressions.receiver(scope, 1)
        if found is None:
            return self.assign(scope, depth)
        receiver, owner = found
        field = self.dice.pick([*owner.fields, "extra"])
        hidden = self.dice.pick([*(method.name for method in owner.methods), *owner.attributes, "hidden"])
        value = self.dice.pick((self.expression("any", scope), f"lambda *{scope.fresh(self.dice)}: {self.expression('int', scope)}"))
        change = self.dice.pick(
            (f"{receiver}.__dict__", f"vars({receiver})[{field!r}] = {value}", f"{receiver}.__dict__ = dict({receiver}.__dict__)")
            + (f"{receiver}.__dict__.pop({field!r}, None)", f"{receiver}.{hidden} = {value}", f"vars({receiver})[{hidden!r}] = {value}")
        )
        return [f"if {self.condition(scope)}:", *indent(self.guard([change]))]

    def store_item(self, scope: Scope, depth: int) -> Lines:
        kind = self.dice.weighted(((4, "ints"), (3, "floats"), (3, "dict"), (3, "table"), (2, "counts"), (1, "mixed"), (1, "object")))
        if kind == "object" and self.dice.chance(0.5):
            return [f"{self.expressions.leaf('object', scope)}[{self.expression('int', scope)}] = {self.expression('any', scope)}"]
        names = scope.of_kind(kind)
        if not names:
            return self.assign(scope, depth)
        name = self.dice.pick(names)
        item = {"ints": "int", "floats": "float", "dict": "int", "table": "int", "counts": "int"}.get(kind, "any")
        number = f"{self.expression('int', scope)} & 15"
        key = {"dict": repr(self.dice.pick(KEYS)), "table": number, "counts": f"({number}, 1)"}.get(kind)
        key = key or self.expression("index", scope)
        operator = self.dice.weighted(((6, "="), (2, "+="), (1, "-="))) if item in ("int", "float") else "="
        cut = [f"{name}[{key}] %= 1000003"] if operator != "=" and item == "int" and self.dice.chance(0.3) else []
        return [f"{name}[{key}] {operator} {self.expression(item, scope)}", *cut]

    def change_container(self, scope: Scope, depth: int) -> Lines:
        lists = scope.of_kind("ints") + scope.of_kind("floats") + scope.of_kind("mixed")
        tables = scope.of_kind("dict") + scope.of_kind("table")
        sets = scope.of_kind("set")
        choices = [(4, lists)] if lists else []
        choices += [(3, tables)] if tables else []
        choices += [(1, sets)] if sets else []
        if not choices:
            return self.assign(scope, depth)
        names = self.dice.weighted(choices)
        name = self.dice.pick(names)
        item = {"ints": "int", "floats": "float"}.get(scope.variables.get(name, ""), "any")
        value, index = self.expression(item, scope), self.expressions.special("small", "", scope, 0)
        if names is lists:
            change = self.dice.pick(
                (f"{name}.append({value})", f"{name}.append({value})", f"heapq.heappush({name}, {value})", f"{name}.pop()", f"{name}.insert({index}, {value})")
                + (f"del {name}[{index}]", f"{name}[{index}:] = [{value}]", f"{name}.extend([{value}])", f"{name}.reverse()")
                + (f"{name}.sort()", f"{name}.clear()", f"{name}.remove({value})", f"{name}[:] = {name}[::-1]")
                + (f"{name}[{index}:] = {name}[{index}:][::-1]", f"{name}[:{index}] = {self.dice.pick(lists)}[{index}:][::2]"),
            )
            return [change, f"del {name}[12:]"]
        if names is tables:
            key = self.dice.pick((*map(repr, KEYS), f"{self.expression('int', scope)} & 15"))
            return [
                self.dice.pick(
                    (f"{name}.setdefault({key}, {value})", f"{name}.pop({key}, None)", f"{name}.update({{{key}: {value}}})")
                    + (f"del {name}[{key}]", f"{name}.clear()", f"{name}.popitem()")
                )
            ]
        number = f"{self.expression('int', scope)} & 15"
        key = self.dice.pick((number, number, f"({number}, 1)"))
        return [self.dice.pick((f"{name}.add({key})", f"{name}.discard({key})", f"{name}.remove({key})"))]

    def delete(self, scope: Scope, depth: int) -> Lines:
        names = [name for name, kind in scope.variables.items() if kind in KINDS and name not in scope.parameters]
        if not names or scope.result is None:
            return self.log(scope, depth)
        name = self.dice.pick(names)
        del scope.variables[name]
        self.bound(scope.inner(), name, "any")
        return [f"del {name}"]

    def store_global(self, scope: Scope, depth: int) -> Lines:
        names = scope.world.constants
        if not names:
            return self.assign(scope, depth)
        name = self.dice.pick(list(names))
        kind = names[name] if self.dice.chance(0.85) else self.expressions.surprise(names[name])
        value = self.expression(kind, scope)
        value = f"{value} % 1000003" if kind == "int" else value
        return [f"globals()[{name!r}] = {value}"]

    def log(self, scope: Scope, depth: int) -> Lines:
        return [f"LOG.append({self.expression(self.dice.weighted(LOCAL_KINDS), scope)})"]

    def peek(self, scope: Scope, depth: int) -> Lines:
        return [self.dice.pick(("peek()", "peek(2)", "LOG.append(peek())", "LOG.append(sorted(locals()))"))]

    def lifetime(self, scope: Scope, depth: int) -> Lines:
        """Objects that tell when they die."""
        made = self.expression("loud", scope)
        if self.dice.chance(0.3):
            return [self.dice.pick((f"LOG.append(repr({made}))", made))]
        name = self.bind(scope, "loud")
        match self.dice.number(0, 3):
            case 0:
                return [f"{name} = {made}", f"{name} = None"]
            case 1 if scope.result is not None:
                del scope.variables[name]
                return [f"{name} = {made}", f"del {name}"]
            case 2:
                return [f"{name} = [{made} for _ in range(2)]", f"{name}.pop(0)"]
        return [f"{name} = {made}"]

    def call(self, scope: Scope, depth: int) -> Lines:
        kind = self.dice.pick(("int", "float", "any", "bool", "str"))
        return [self.dice.pick((self.expressions.method, self.expressions.call))(kind, scope, 1)]

    def match(self, scope: Scope, depth: int) -> Lines:
        if depth <= 0:
            return self.log(scope, depth)
        subject = self.expression(self.dice.pick(("any", "pair", "ints", "dict", "object", "int")), scope)
        owner = self.dice.pick(scope.world.classes) if scope.world.classes else None
        fields = [name for name in owner.fields] if owner else []
        patterns = [
            ("case 1 | 2:", {}),
            ("case (x, y):", {"x": "any", "y": "any"}),
            ("case [first, *rest]:", {"first": "any", "rest": "mixed"}),
            ("case {'a': value}:", {"value": "any"}),
            ("case {'k': int() as value, **rest}:", {"value": "int", "rest": "dict"}),
            ("case int() | float() as number:", {"number": "int"}),
            ("case str(text):", {"text": "str"}),
            ("case None:", {}),
        ]
        if owner and fields:
            patterns.append((f"case {owner.name}({fields[0]}=value):", {"value": owner.fields[fields[0]]}))
        lines = [f"match {subject}:"]
        for pattern, names in self.dice.some(patterns, 1, 4):
            inner = scope.inner()
            for name, kind in names.items():
                self.bound(inner, name, kind)
            lines += indent([pattern, *indent(self.block(inner, 1, depth - 1))])
        if self.dice.chance(0.5):
            lines += indent(["case _:", *indent(self.block(scope.inner(), 1, depth - 1))])
        return lines

    def assertion(self, scope: Scope, depth: int) -> Lines:
        return [f"assert {self.condition(scope)}, {self.expression('any', scope)}"]

    def retype(self, scope: Scope, depth: int) -> Lines:
        """A variable gets a value of another kind on a rare turn."""
        names = [name for name, kind in scope.variables.items() if kind in KINDS and name not in scope.parameters]
        if not names:
            return self.assign(scope, depth)
        name = self.dice.pick(names)
        value = self.expression(self.expressions.surprise(scope.variables[name]), scope)
        return [f"if {self.condition(scope)}:", *indent([f"{name} = {value}"])]

    def tick(self, scope: Scope, depth: int) -> Lines:
        """The world may change here."""
        return ["tick()"]

    def give(self, scope: Scope, depth: int) -> Lines:
        """A generator yields; others call one."""
        if not scope.generator:
            return self.call(scope, depth)
        match self.dice.number(0, 4):
            case 0 | 1:
                return [f"yield {self.expression('any', scope)}"]
            case 2:
                value = self.expression("int", scope)
                return [f"{self.bind(scope, 'any')} = yield {value}"]
            case 3:
                return [f"yield from {self.expression('ints', scope)}"]
        return [f"yield from {self.expression('generator', scope)}"]

    def function(self, function: Function, scope: Scope, size: int) -> Lines:
        """The body of a function, which ends with a result."""
        lines = self.block(scope, size, 3)
        if scope.generator:
            at_end = [f"yield {self.expression('any', scope)}"]
            return lines + at_end if self.dice.chance(0.8) or not any("yield" in line for line in lines) else lines
        return [*lines, f"return {self.expression(function.result, scope)}"]
