# corpus: compiled=show
def show(x, w, p):
    return f"{x}|{x!r}|{x:>{w}}|{x:{w}.{p}f}|{x:<+{w}}|{x=}|{{}}"


for i in range(100):
    show(i, 8, 2)
print(show(3, 6, 1), show(-2.5, 9, 3), show(True, 5, 0), show(2**70, 30, 1))
for bad in (("s", 5, 2), (None, 5, 2), (3, "x", 2), (3, -1, 2)):
    try:
        show(*bad)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)


class F:
    def __format__(self, spec):
        return f"F[{spec}]"

    def __repr__(self):
        return "repr"


def plain(x):
    return f"{x}{x:abc}{x!s}{x!a}"


for _ in range(100):
    plain(F())
print(plain(F()), f"{F()!r:>8}", f"{'é'!a}", f"{3.0:.2%} {255:#x} {10**6:,}")


class BadFormat:
    def __format__(self, spec):
        return 5


try:
    plain(BadFormat())
except TypeError as error:
    print(error)
