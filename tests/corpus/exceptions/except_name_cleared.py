# corpus: compiled=f
def f(x):
    error = "before"
    try:
        if x:
            raise ValueError(x)
    except ValueError as error:
        kept = error
    try:
        return error
    except UnboundLocalError as missing:
        return str(missing), repr(kept)


for _ in range(100):
    f(0)
print(f(0), f(1), f("a"))
for _ in range(100):
    f(1)
print(f(2), f(0))
