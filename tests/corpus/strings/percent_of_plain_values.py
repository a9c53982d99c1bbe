# corpus: compiled=single,pairs,in_errors stderr
"""`text % values` of numbers and strs: one value, several, too many and too few, wrong types, and the text of exceptions that are raised and handled at once."""
import traceback


class Shown:
    def __str__(self):
        return "shown"

    def __mod__(self, other):
        return "mod"

    def __rmod__(self, other):
        return "rmod"


class Text(str):
    def __rmod__(self, other):
        return "rmod of a subclass"


def single(values):
    return ["%s|" % value for value in values] + ["%5.1f" % (value or 0) for value in values if not isinstance(value, str)]


def pairs(n):
    out = []
    for i in range(n):
        out.append("%d-%05.2f-%s-%x" % (i, i / 3, "text", i))
    return out


class Missing(Exception):
    def __init__(self, need, have):
        super().__init__("need %d, have %s" % (need, have))
        self.need = need


def in_errors(n, have):
    total = 0
    texts = []
    for i in range(n):
        try:
            if i % 2:
                raise Missing(i, have)
            raise ValueError("odd %r" % i)
        except Missing as error:
            total += error.need
        except ValueError as error:
            texts.append(str(error))
    return total, texts[:2]


def wrong(text, values):
    for _ in range(3):
        print(text % values)


def report(what, *arguments):
    try:
        print(what.__name__, what(*arguments))
    except Exception:
        traceback.print_exc()


for _ in range(3):
    report(single, [1, 2.5, True, None, 2**70, -0.0])
    report(single, ["a", "é", ""])
    report(pairs, 20)
    report(in_errors, 40, 3)
report(in_errors, 10, "few")
report(in_errors, 10, Shown())
report(single, [Shown(), Shown()])
report(single, [Text("x")])
for text, values in [("%d %d", (1,)), ("%d", (1, 2)), ("%d", ("x",)), ("none", 1), ("%(a)s", 1), ("%c%%", 65), ("%c", ("ab",)), ("%.3f", ("x",)), ("%y", 1)]:
    report(wrong, text, values)
report(in_errors, 10, "x")
