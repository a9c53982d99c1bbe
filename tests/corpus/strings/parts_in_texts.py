# corpus: compiled=both,counted,found
# `part in text` of strs of all widths, and of what is none.


class Text(str):
    def __contains__(self, part):
        return len(part) == 1


def both(part, text):
    return part in text, part not in text


def counted(parts, texts):
    total = 0
    for text in texts:
        for part in parts:
            if part in text:
                total += 1
    return total


def found(parts, lines):
    return any(part in word for line in lines for word in line.split() for part in parts), sum(1 for line in lines if "ab" in line)


parts = ["", "a", "ab", "é", "éa", "€", "\U0001f600", "b\0", "xyz"]
texts = ["", "ab", "cab", "éab", "caféa", "a€b", "smile \U0001f600!", "ab\0", "a" * 300 + "xyz"]
lines = ["one two abc", "three", "", "ab ab"]
for turn in range(40):
    print(counted(parts, texts), found(parts[2:4], lines), found(["q"], lines), both("ab", texts[turn % len(texts)]))
print(both("ab", Text("xx")), both("a", Text("xx")), both(Text("ab"), "cab"))
for odd in ((1, "text"), (None, "text"), ("text", 1), (b"a", "a")):
    try:
        print(both(*odd))
    except TypeError as error:
        print(error, error.__traceback__.tb_next.tb_lineno)
