# corpus: compiled=total
from decimal import Decimal, getcontext
from fractions import Fraction


def total(values, start):
    t = start
    for v in values:
        t = t + v * 2 - v / 3
    return t


getcontext().prec = 30
for _ in range(30):
    total([1, 2], 0)
print(total([Decimal("1.1"), Decimal(2)], Decimal(0)), total([Fraction(1, 3), Fraction(2, 7), 4], 0))
try:
    total([Decimal(1), 0.5], 0)
except TypeError as error:
    print(error)
print(total([Fraction(1, 3), 0.5], 0), total([1j, 2], 0))
