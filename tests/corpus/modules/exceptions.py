# corpus: compiled=<module> exit=1 stderr
# Exceptions in loops of a module: handlers, and what comes after, see the variables as they were.
import traceback

log = []
for i in range(80):
    stage = "start"
    try:
        stage = "divide"
        value = 100 // (i % 5)
        stage = "index"
        value += [1, 2, 3][i % 4]
        stage = "end"
    except ZeroDivisionError as error:
        log.append((i, stage, str(error)))
    except IndexError:
        log.append((i, stage, "index"))
        continue
    finally:
        last = (i, stage)
print(log[:6], len(log), last, value)

depth = 0
try:
    while True:
        depth += 1
        amount = depth * 1.5
        if depth > 70:
            raise ValueError(depth, amount)
except ValueError as error:
    print(error.args, depth, amount)

try:
    for i in range(100):
        big = 2 ** i
        small = [0] * 40
        small[i] = big
except IndexError as error:
    print(i, big, error, error.__traceback__.tb_lineno)


def fail(n):
    if n % 13 == 12:
        raise KeyError(n, seen)
    return n


seen = 0
for i in range(60):
    seen = i
    try:
        fail(i)
    except KeyError as error:
        log.append(error.args)
        lines = [line for _, line in traceback.walk_tb(error.__traceback__)]
print(log[-4:], lines)
for i in range(40):
    seen = i * 2
    with open(__file__) as source:
        seen += len(source.readline()) > 0
print(seen)
for i in range(100):
    seen = i + 0.5
    seen = seen / (61 - i)
