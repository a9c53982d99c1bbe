# corpus: compiled=loop
import sys

seen = []


def hook(event, args):
    if event == "corpus.mark":
        f = sys._getframe(1)
        seen.append((args, f.f_code.co_name, f.f_lineno, f.f_locals.get("i")))


sys.addaudithook(hook)


def loop(n):
    t = 0
    for i in range(n):
        if i % 60 == 0:
            sys.audit("corpus.mark", t)
        t += i
    return t


print(loop(50), loop(200), seen)
