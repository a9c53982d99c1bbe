# corpus: compiled=pair
def pair(a, b):
    return a % b, a // b


for i in range(200):
    pair(i * 0.75, 2.5)
inf, nan = float("inf"), float("nan")
for a in (5.5, -5.5, 0.0, -0.0, 1e300, inf, nan, 3):
    for b in (2.0, -2.0, 0.1, inf, -inf, nan, 3, -3):
        print(a, b, [repr(v) for v in pair(a, b)])
for a, b in ((1.0, 0.0), (1.0, 0), (1, -0.0)):
    try:
        pair(a, b)
    except ZeroDivisionError as error:
        print(error)
