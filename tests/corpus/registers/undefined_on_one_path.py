# corpus: compiled=merge
def merge(kind, n):
    total = 0.0
    for i in range(n):
        if kind == 0:
            x = i * 0.5
        elif kind == 1:
            x = i
        elif kind == 2 and i > 3:
            x = "text"
        if i % 10 == 9:
            try:
                total += x
            except UnboundLocalError as error:
                return str(error), i
            except TypeError:
                return "type", x, i
    try:
        return total, x
    except UnboundLocalError as error:
        return total, str(error)


for _ in range(40):
    merge(0, 20), merge(1, 5)
for kind in range(4):
    print(kind, [merge(kind, n) for n in (0, 1, 5, 30, 100)])
