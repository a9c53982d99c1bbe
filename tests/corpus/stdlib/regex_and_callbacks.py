# corpus: compiled=run
import re


def swap(m):
    return m.group(2) + "=" + m.group(1).upper()


def run(text, n):
    pattern = re.compile(r"(\w+)=(\d+)")
    for _ in range(n):
        text = pattern.sub(swap, text, count=2)
    return text


print(run("a=1 b=2 c=3", 1), run("a=1 b=2 c=3", 30))
print([m.span() for m in re.finditer(r"[aeiou]+", "queueing aerie")], re.split(r"\s*,\s*", "a , b,c"))


def bad(m):
    raise LookupError(m.group())


try:
    re.sub("x", bad, "axb")
except LookupError as error:
    print(error)
