# corpus: compiled=classes,compared,found,moved,indexed,paired,counted,joined
# Characters of strs of ASCII and of others: what their methods say, how they compare, what they are in, and who else has the same object.


def classes(text):
    out = []
    for c in text:
        out.append((c.isalpha(), c.isalnum(), c.isdigit(), c.isdecimal(), c.isnumeric(), c.isupper(), c.islower(), c.isspace()))
    return out


def compared(text, other):
    out = []
    for c in text:
        for d in other:
            out.append((c == d, c != d, c < d, c <= d, c > d, c >= d))
        out.append((c == "b", "b" != c, c == "", c != "bb", c < "m", "~" >= c, c == "\xe9", c == other, c is c[0]))
    return out


def found(text):
    return [(c in "aeiou", c not in "xyz\xe9", c in "", c in ("a", "bc", "z"), c in ("a", 1) if c else 0, c in ["a", "b"], c in {"a": 1}) for c in text]


def moved(text, by):
    out = ""
    for c in text:
        if c.isalpha():
            base = ord("A") if c.isupper() else ord("a")
            out += chr((ord(c) - base + by) % 26 + base)
        else:
            out += c.upper() + c.lower()
    return out


def indexed(text, start):
    n = 0
    for i in range(start, len(text)):
        if text[i] == text[-1 - i]:
            n += 1
        if text[i] > "m":
            n += ord(text[i])
    return n


def paired(text):
    return [(i, c, d) for i, (c, d) in enumerate(zip(text, text[1:])) if c != d]


def counted(text):
    return sum(c == "a" for c in text), sum(1 for c in text if c in "bc"), any(c == "\xe9" for c in text), max(ord(c) for c in text)


def joined(text):
    seen = {}
    for c in text:
        seen[c] = seen.get(c, 0) + 1
        last = c
    return seen, last, [c * 2 for c in text], [(c, c) for c in text][0]


def show(function, *args):
    try:
        print(function.__name__, ascii(function(*args)))
    except Exception as error:
        print(function.__name__, type(error).__name__, error)


class Text(str):
    def __iter__(self):
        return iter("mine")

    def __getitem__(self, index):
        return "item"


for _ in range(80):
    classes("ab1")
    compared("ab", "bc")
    found("abc")
    moved("aB c", 3)
    indexed("abcba", 0)
    paired("aab")
    counted("abca")
    joined("aba")
everything = "".join(map(chr, range(128)))
show(classes, everything)
show(compared, "az~ ", "by\x7f\x00")
show(found, everything)
show(moved, everything, 5)
for text in ("", "a", "caf\xe9", "\u65e5\u672c", "\U0001f40da", "a\xdf", Text("abc"), "z" * 300):
    for function in (classes, paired, counted, joined, found):
        show(function, text)
    show(moved, text, 3)
    show(compared, text, "a\xe9")
    show(compared, "ab", text)
    show(indexed, text, 0)
show(indexed, "abc", -5)
show(indexed, "abcdef", -2)
show(indexed, ["a", "b"], 0)
show(moved, ["a", "bc"], 1)
show(moved, "abc", 10**20)
show(classes, [1])
show(compared, "a", [1])


def chars(numbers):
    return [chr(n) for n in numbers]


for _ in range(80):
    chars([65, 66])
for numbers in ([0, 127], [128, 255, 256], [0x10FFFF], [-1], [2**70], ["a"], [True]):
    show(chars, numbers)
print(chars([65])[0] is chr(65), [c for c in "A\xe9"][0] is chr(65))
