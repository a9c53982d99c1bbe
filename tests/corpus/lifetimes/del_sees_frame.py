# corpus: compiled=run
import sys


class T:
    def __init__(self, tag):
        self.tag = tag

    def __del__(self):
        f = sys._getframe(1)
        log.append((self.tag, f.f_code.co_name, f.f_lineno, f.f_locals.get("i"), sorted(f.f_locals)))


log = []


def run(n):
    for i in range(n):
        x = T("x")
        y = [T("y1"), T("y2")]
        x = i
        y.pop()
        y[0] = i
        del y
        T("temporary")
        (T("tuple"), i)
    return x


run(100)
print(len(log))
log.clear()
run(2)
for entry in log:
    print(*entry)
