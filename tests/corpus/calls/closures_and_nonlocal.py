# corpus: compiled=run
def counter(start):
    n = start

    def up(k=1):
        nonlocal n
        n += k
        return n

    def get():
        return n

    return up, get


def run(times):
    up, get = counter(5)
    other, other_get = counter(100)
    for i in range(times):
        up()
        other(i)
    return get(), other_get()


print(run(3), run(300))


def late():
    fs = []
    for i in range(5):
        fs.append(lambda: i)
    return [f() for f in fs]


def empty_cell():
    def use():
        return value

    try:
        use()
    except NameError as error:
        print(error)
    value = 3
    return use()


for _ in range(40):
    late()
print(late(), empty_cell())
