# corpus: compiled=texts,errors,numbers,lists,views no-exit=numbers,lists
# Builtin functions and methods that run no Python code: their results, their errors, and types that only look like theirs.
import math
import sys
import traceback


class Text(str):
    def lower(self):
        return "own lower"

    def __len__(self):
        return 77


def texts(s):
    return [
        s.lower(), s.upper(), s.title(), s.strip(), s.strip("a "), s.split(), s.split(","), s.rsplit(",", 1), s.splitlines(), s.splitlines(True),
        s.startswith("a"), s.startswith(("x", " ")), s.endswith("b"), s.find("b"), s.find("b", 2), s.rfind("b", 1, 9), s.count("a"),
        s.replace("a", "<>"), s.replace("a", "", 1), s.partition(","), s.rpartition(","), s.removeprefix(" "), s.removesuffix(" "),
        s.isdigit(), s.isalpha(), s.isspace(), s.isidentifier(), s.isupper(), s.islower(), s.isalnum(), s.isascii(), s.isprintable(),
        s.zfill(12), s.ljust(12), s.rjust(12, "*"), s.center(12, "-"), s.expandtabs(), s.casefold(), s.capitalize(), s.swapcase(),
        ",".join([s, s]), s.join(("1", "2")), repr(s), len(s), hash(s) == hash(str(s)), [ord(c) for c in s], s.lstrip(None), s.rstrip(),
    ]


def numbers(n, x):
    total = 0
    for i in range(n):
        total += len(chr(i)) + ord(chr(i)) + i.bit_length() + i.bit_count() + len(hex(i)) + len(bin(i)) + len(oct(i))
        total += divmod(i, 7)[1] + hash(i) + math.isqrt(i) + math.gcd(i, 12) + round(i * 0.5) + math.floor(i * 0.3) + math.ceil(i * 0.3)
        x += math.sin(i) + math.cos(x) + math.exp(-i) + math.log(i + 1) + math.atan2(i, 3) + math.hypot(i, 4) + math.pow(1.5, 2)
        x = math.fmod(x, 100.0) + round(x, 2) * 0.25 + math.log2(i + 1) + math.log(8, 2) + math.degrees(0.5)
        if math.isnan(x) or math.isinf(x) or not math.isfinite(x) or x.is_integer() or not callable(math.sin):
            total += 1000
    return total, x.hex(), round(2.675, 2), round(12345, -2), math.trunc(-7.9), math.copysign(3, -0.0)


def lists(n):
    kept = []
    for i in range(n):
        items = [i, i + 1, i + 2]
        first = items[0]
        items.insert(1, "in")
        items.extend((i, [i]))
        items.extend(items)
        last = items.pop()
        second = items.pop(1)
        items.reverse()
        copied = items.copy()
        copied.pop(-1)
        kept = [first, last, second, items, copied, len(items)]
    return kept


def views(d):
    return [list(d.keys()), list(d.values()), list(d.items()), len(d), len(set(d)), len(frozenset(d)), len(range(3)), id(d) == id(d)]


def errors(which, value):
    if which == 0:
        return "abc".index(value)
    if which == 1:
        return ",".join(value)
    if which == 2:
        return value.pop()
    if which == 3:
        return value.pop(9)
    if which == 4:
        return (ord(value) +
                1)
    if which == 5:
        return chr(value)
    if which == 6:
        return divmod(7, value)
    if which == 7:
        return math.log(value)
    if which == 8:
        return "a".split(value)
    if which == 9:
        return hash(value)
    if which == 10:
        return math.floor(value)
    return len(value)


def caught(value):
    try:
        return "abc".index(value)
    except ValueError as error:
        return type(error).__name__, error.__traceback__.tb_lineno


for turn in range(60):
    result = [texts(" a,b\tc "), texts("Zebra\nb"), texts(""), texts("stra\u00dfe \u0130 9")]
    if turn in (0, 59):
        print(result)
    result = [numbers(40, 0.5), lists(20), views({1: 2, "k": []}), caught("c"), caught("z")]
    if turn in (0, 59):
        print(result)
cases = [(0, "z"), (1, ["a", 1]), (2, []), (3, [1]), (4, "ab"), (5, -1), (6, 0), (7, -1.0), (8, ""), (9, []), (10, float("nan")), (11, 5)]
goods = [(0, "b"), (1, ["a"]), (2, [1]), (3, [0] * 12), (4, "a"), (5, 65), (6, 2), (7, 1.0), (8, "x"), (9, "x"), (10, 1.5), (11, [])]
for turn in range(60):
    for case in goods if turn < 58 else cases + goods:
        try:
            result = errors(*case)
        except Exception as error:
            print("".join(traceback.format_exception(error)))
            print(sys.exc_info()[2].tb_next.tb_frame.f_locals)
print(texts(Text(" Own,Text ")), errors(11, Text("x")), [errors(4, Text("x"))])
