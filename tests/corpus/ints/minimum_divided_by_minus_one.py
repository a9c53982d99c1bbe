# corpus: compiled=divide,remainder
def divide(a, b):
    return a // b


def remainder(a, b):
    return a % b


for i in range(1, 200):
    divide(1000, i), remainder(1000, i)
low = -(2**63)
print(divide(low, -1), remainder(low, -1))
print(divide(low, 1), remainder(low, 1))
print(divide(low + 1, -1), remainder(low + 1, -1))
print(divmod(low, -1), low // True, low % True)
