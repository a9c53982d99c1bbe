# corpus: compiled=loop,callee
import bdb
import sys

stops = []


class Debugger(bdb.Bdb):
    def user_line(self, frame):
        if frame.f_code.co_name in ("callee", "loop"):
            i = frame.f_locals.get("i", frame.f_locals.get("x"))
            stops.append((frame.f_code.co_name, frame.f_lineno, i, frame.f_back.f_code.co_name))
            if len(stops) >= 8:
                self.set_continue()
                sys.settrace(None)
                return
        self.set_step()


def callee(x):
    if x == 150:
        Debugger().set_trace()
    y = x + 1
    return y


def loop(n):
    t = 0
    for i in range(n):
        t += callee(i)
    return t


loop(100)
print(loop(300))
for s in stops:
    print(*s)
