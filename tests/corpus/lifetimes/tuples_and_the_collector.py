# corpus: compiled=built,kept,gathered,joined,swapped
# Which tuples the garbage collector knows: those of objects that cannot be part of a cycle are left out from some version on.
import gc


def built(n):
    out = []
    for i in range(n):
        out.append((i, "x", 1.5 * i, None, b"y", i > 2))
        out.append((i, [i]))
        out.append(((i, 1), 2))
        out.append((i, out.append))
    return out


def kept(rows):
    """Tuples in parts, until somebody wants them."""
    last = ()
    for row in rows:
        pair = (row, row + 1)
        if row % 3 == 0:
            last = pair
    return [last, (last, 1)]


def gathered(*rest, **more):
    return [rest, tuple(more.items())]


def joined(n):
    out = [(), (n,)]
    for i in range(n):
        out.append(out[-1][-2:] + (i, i + 1))
    out.append(tuple([n, n]))
    out.append((n,) * 3)
    return out


def swapped(n):
    one, two, three = 1, 2.5, "three"
    for i in range(n):
        one, two, three = two, three, one
    return [(one, two, three), (one, (two, three))]


def tell(tuples):
    return "".join("-+"[gc.is_tracked(each)] for each in tuples)


gc.disable()
for turn in range(40):
    told = [tell(built(3)), tell(kept(range(7))), tell(gathered(1, "a", turn)), tell(gathered(1, [])), tell(joined(4)), tell(swapped(5))]
print(*told)
