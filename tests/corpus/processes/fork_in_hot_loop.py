# corpus: compiled=loop
import os
import sys


def loop(n, at):
    t = 0
    child = None
    for i in range(n):
        t += i * 3
        if i == at:
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                t += 1000000
    if child == 0:
        print("child", t, flush=True)
        os._exit(t % 100)
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return t, status
    return t


print(loop(100, -1), flush=True)
print(loop(300, 200), flush=True)
print(loop(300, 10), loop(50, -1))
