# corpus: compiled=loop
def explode(i):
    if i == 150:
        raise ValueError("at 150")
    if i == 170:
        raise LookupError("at 170")
    return i


def loop(n):
    t = 0
    try:
        for i in range(n):
            try:
                t += explode(i)
            except ValueError as error:
                t += 1000
                last = str(error)
    except LookupError as error:
        return t, i, last, str(error)
    else:
        return t, "no error"
    finally:
        t += 5


print(loop(20))
print(loop(160), loop(200))
