# corpus: compiled=run
def area(width, height, *, unit="cm"):
    return f"{width}x{height}{unit}"


def run(n):
    out = []
    for i in range(n):
        out.append(area(i, height=2))
        out.append(area(height=i, width=1, unit="m"))
        out.append(area(1, i, unit="x" * (i % 3)))
    return out[-6:]


print(run(3), run(150))


def pos_only(a, /, b):
    return a, b


def kwname(n):
    for i in range(n):
        r = pos_only(i, b=2)
    return r


print(kwname(100))
for bad in (lambda: pos_only(a=1, b=2), lambda: area(1, 2, "m"), lambda: area(1, 2, units=3), lambda: area(1, width=2)):
    try:
        bad()
    except TypeError as error:
        print(error)
