# corpus: compiled=scan
def scan(values, divisors):
    got = []
    for a, b in zip(values, divisors):
        try:
            got.append(a // b)
            got.append(a % b)
            got.append(a / b)
        except ZeroDivisionError as error:
            got.append(str(error))
    return got


for _ in range(40):
    scan([1, 2, 3], [4, 5, 6])
print(scan([1, 0, -5, 7], [0, 0, 2, 0]))
print(scan([1, 2, 3], [4, 0.0, 5]))
print(scan([1.5, 2, True], [False, 0, -1]))


def only_mod(a, b):
    return a % b


for _ in range(100):
    only_mod(9, 4)
try:
    only_mod(9, 0)
except ZeroDivisionError as error:
    print("mod", error)
