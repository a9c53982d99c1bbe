# corpus: compiled=power
def power(a, b):
    return a**b


for i in range(100):
    power(1.5, i % 9)
inf, nan = float("inf"), float("nan")
for a in (0.0, -0.0, 1.0, -1.0, 2.5, -2.5, inf, -inf, nan):
    for b in (0, 0.0, 1, -1, 0.5, 3, -3, 2.0, inf, -inf, nan):
        try:
            value = power(a, b)
            print(a, b, f"{value:.12g}" if not isinstance(value, complex) else f"complex {value.imag > 0}")
        except (ZeroDivisionError, OverflowError) as error:
            print(a, b, type(error).__name__, error)
try:
    power(1e200, 2)
except OverflowError as error:
    print(error)
