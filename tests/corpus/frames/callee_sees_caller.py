# corpus: compiled=hot
import sys


def look(tag):
    f = sys._getframe(1)
    return tag, f.f_lineno, f.f_lasti >= 0, dict(f.f_locals)["i"], f.f_code.co_name, f.f_back.f_code.co_name


def hot(n):
    out = []
    for i in range(n):
        if i % 60 == 7:
            out.append(look("a"))
            out.append(
                look(
                    "b"
                )
            )
    return out


hot(10)
for row in hot(200):
    print(row)
