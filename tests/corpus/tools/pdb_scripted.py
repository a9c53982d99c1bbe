# corpus: compiled=loop,deep
import io
import pdb
import sys


def deep(x):
    if x == 120:
        debugger.set_trace()
    return x * 2


def loop(n):
    total = 0
    for i in range(n):
        total += deep(i)
    return total


script = io.StringIO("p x\nup\np i, total\nw\nn\np total\ndown\nc\n")
out = io.StringIO()
debugger = pdb.Pdb(stdin=script, stdout=out, nosigint=True, readrc=False)
debugger.use_rawinput = False
loop(60)
print(loop(130))
text = out.getvalue().replace(__file__, "FILE")
print("\n".join(line for line in text.splitlines() if "bdb.py" not in line and "pdb.py" not in line))
