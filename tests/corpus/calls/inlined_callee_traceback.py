# corpus: compiled=outer,middle,inner
import traceback


def inner(x):
    y = x * 2
    return 100 // (y - 40)


def middle(x):
    return (inner(x)
            + 1)


def outer(n):
    t = 0
    for i in range(n):
        t += middle(i)
    return t


for _ in range(60):
    outer(10)
try:
    outer(50)
except ZeroDivisionError as error:
    for f in traceback.extract_tb(error.__traceback__):
        print(f.name, f.lineno, f.end_lineno, f.colno, f.end_colno, f.line)
    tb = error.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, sorted((k, v) for k, v in tb.tb_frame.f_locals.items() if k in "xyit"))
        tb = tb.tb_next if tb.tb_frame.f_code.co_name != "inner" else None
