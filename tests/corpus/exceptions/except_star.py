# corpus: compiled=split
def split(errors):
    out = []
    try:
        if errors:
            raise ExceptionGroup("g", errors)
        out.append("none")
    except* ValueError as group:
        out.append(("value", [str(e) for e in group.exceptions]))
    except* (KeyError, TypeError) as group:
        out.append(("other", [type(e).__name__ for e in group.exceptions]))
    finally:
        out.append("finally")
    return out


for _ in range(100):
    split([])
print(split([]), split([ValueError(1), KeyError(2), ValueError(3)]))
try:
    split([OSError("x"), TypeError()])
except ExceptionGroup as group:
    print(group, group.exceptions)
