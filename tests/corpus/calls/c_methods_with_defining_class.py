# corpus: compiled=run
# C methods that are told the class that defines them (`METH_METHOD`), with and without keywords, and on a receiver that is none.
import re

PATTERN = re.compile(r"(\w+)=(\d+)")


def run(texts):
    out = []
    for text in texts:
        found = PATTERN.match(text)
        out.append((found.group(1, 2), PATTERN.sub(r"\2", text, count=1), PATTERN.split(text, maxsplit=1)))
        out.append(PATTERN.fullmatch(text, 0, 5) is None)
    return out


for _ in range(40):
    run(["a=1", "bc=23"])
for row in run(["key=7", "long_name=12345", "x=0 and more"]):
    print(row)
for bad in ([b"a=1"], [3], [None], ["no number"]):
    try:
        run(bad)
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)
try:
    PATTERN.sub("x", "a=1", times=3)
except TypeError as error:
    print(error)
