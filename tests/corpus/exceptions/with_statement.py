# corpus: compiled=run
class Ctx:
    def __init__(self, log, swallow):
        self.log, self.swallow = log, swallow

    def __enter__(self):
        self.log.append("enter")
        return len(self.log)

    def __exit__(self, kind, value, tb):
        self.log.append((kind.__name__ if kind else None, str(value), tb.tb_lineno if tb else None))
        return self.swallow


def run(x, swallow):
    log = []
    for i in range(3):
        with Ctx(log, swallow) as n, Ctx(log, False):
            if i == x:
                raise ValueError(f"i={i}")
            log.append(n)
    return log


for _ in range(60):
    run(9, False)
print(run(9, False))
print(run(1, True))
try:
    run(2, False)
except ValueError as error:
    print(error)


def returns():
    log = []
    with Ctx(log, True):
        return log


print(returns())
for bad in (5, None):
    try:
        with bad:
            pass
    except TypeError as error:
        print(error)
