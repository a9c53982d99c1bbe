# corpus: compiled=f
def f(values):
    out = []
    for v in values:
        first = v
        second = v * 2
        try:
            if v == 7:
                del second
            if v == 8:
                del first, second
            third = first + second
            out.append(third)
        except UnboundLocalError as error:
            out.append((error.name, str(error).split("'")[1]))
        except TypeError:
            out.append("type")
    return out


for _ in range(30):
    f([1, 2, 3])
print(f(list(range(10)) + ["a", b"b", 7, 8]))
