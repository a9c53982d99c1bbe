# corpus: compiled=divide
def divide(a, b):
    return a / b


for i in range(1, 200):
    divide(1.5, i * 0.5)
nan, inf = float("nan"), float("inf")
for a in (nan, inf, -inf, 0.0, -0.0, 1.0, 2, -3, True):
    for b in (nan, inf, -inf, 2, 2.0, -1, 5e-324, True):
        print(a, b, repr(divide(a, b)))
for a, b in ((1.0, 0.0), (nan, 0), (1, 0), (inf, -0.0)):
    try:
        divide(a, b)
    except ZeroDivisionError as error:
        print(a, b, error)
