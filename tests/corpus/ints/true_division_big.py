# corpus: compiled=ratio
def ratio(a, b):
    return a / b


for i in range(200):
    ratio(i, 7)
for a, b in ((1, 3), (2**53 + 1, 1), (2**53 + 1, 3), (-(2**63), 7), (10**400, 10**399), (1, 2**1070), (7, -2)):
    print(repr(ratio(a, b)))
try:
    ratio(10**400, 1)
except OverflowError as error:
    print(error)
