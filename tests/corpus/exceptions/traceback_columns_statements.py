# corpus: compiled=stmts
import traceback


class Obj:
    pass


def stmts(k, o, d, x):
    if k == 0:
        o.attr.deeper = x
    elif k == 1:
        d[x][x] = 1
    elif k == 2:
        del d[x], o
    elif k == 3:
        a, (b, c) = x
    elif k == 4:
        x = -x + ~x
    elif k == 5:
        for i in x: i
    elif k == 6:
        return f"{x:>10}{o.nope}"
    elif k == 7:
        assert x is None, f"x={x}"
    elif k == 8:
        return x if x < o else d
    elif k == 9:
        return [y for y in d if y.z]
    elif k == 10:
        d.get(x).call(1,
                      2)
    elif k == 11:
        x += undefined_name
    elif k == 12:
        raise x
    return k


for i in range(200):
    stmts(99, None, None, None)
for k in range(13):
    for o, d, x in ((Obj(), {}, 5), (Obj(), {5: 1}, 5), (3, [1], "s")):
        try:
            print(k, stmts(k, o, d, x))
        except BaseException as error:
            (f,) = traceback.extract_tb(error.__traceback__)[1:2]
            print(k, type(error).__name__, str(error), f.lineno, f.end_lineno, f.colno, f.end_colno)
