# corpus: compiled=f
def f(n):
    total = 0
    seen = []
    for i in range(n):
        half = i / 2
        if i % 50 == 0:
            seen.append(half)
        total += 10 // (i - 170)
    return total


f(100)
try:
    f(200)
except ZeroDivisionError as error:
    tb = error.__traceback__.tb_next
    print(tb.tb_lineno, sorted(tb.tb_frame.f_locals.items()), tb.tb_frame.f_lineno)
    tb.tb_frame.clear()
    print(dict(tb.tb_frame.f_locals))
