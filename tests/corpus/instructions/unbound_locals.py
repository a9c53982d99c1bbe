# corpus: compiled=late,both,stored,Never.__call__
def late(n):
    for i in range(n):
        if i == n - 1:
            return value
        if i == n - 2:
            value = i


def both(flag, n):
    for i in range(n):
        if flag:
            a = i
    return a + b if flag is None else a


def stored(n):
    total = 0
    for i in range(n):
        if i > 500:
            x = i
        total = i
        total += 1 if i <= 500 else x
    return total


def certain():
    print(nothing)
    nothing = 1


def deleted(n):
    for i in range(n):
        x = i
        del x
    return x


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except NameError as error:
        return type(error).__name__, str(error), error.__traceback__.tb_next.tb_lineno


class Never:
    def __call__(self):
        return [x for x in range(3) if x], x if False else 0


for _ in range(300):
    results = [
        outcome(late, 1), outcome(late, 5), outcome(both, True, 3), outcome(both, False, 3), outcome(both, None, 3),
        outcome(stored, 3), outcome(certain), outcome(deleted, 3), Never()(),
    ]
print(results, stored(600))
for number in range(400):
    squares = [x * x for x in range(3)]
print(squares, "x" in globals())
