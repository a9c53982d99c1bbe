# corpus: compiled=loop exit=7
import atexit
import sys

atexit.register(print, "atexit")


def loop(n):
    for i in range(n):
        try:
            if i == 150:
                sys.exit(7)
        except Exception:
            print("not reached")
        finally:
            last.append(i)


last = []
loop(100)
try:
    loop(200)
except SystemExit as error:
    print(repr(error), len(last))
loop(200)
