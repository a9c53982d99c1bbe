# corpus: compiled=smallest,names
# `float` of constant strs that name no number.
import math


def smallest(numbers):
    best = float("inf")
    for number in numbers:
        if number < best:
            best = number
    return best


def names():
    values = float("-inf"), float("Infinity"), float("NaN"), float("-Infinity"), float("INF")
    odd = float("+inf"), float(" inf "), float("-nan"), float("1e3"), float("-nan")
    return [(repr(value), math.copysign(1, value)) for value in values + odd], values[0] is values[3]


def wrong():
    try:
        return float("infinit")
    except ValueError as error:
        return str(error)


for n in range(100):
    result = smallest([n + 0.5, 3, n * 1.0]), smallest([]), names(), wrong()
print(result)
