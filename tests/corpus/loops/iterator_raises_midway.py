# corpus: compiled=run
def source(n):
    for i in range(n):
        if i == 7:
            raise KeyError(i)
        yield i


def run(it):
    seen = []
    try:
        for x in it:
            seen.append(x)
    except KeyError as error:
        seen.append(repr(error))
    else:
        seen.append("else")
    finally:
        seen.append("finally")
    return seen


for _ in range(100):
    run(range(3))
print(run(source(5)), run(source(20)), run([1, 2]))
