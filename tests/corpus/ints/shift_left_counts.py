# corpus: compiled=shl
def shl(a, n):
    return a << n


for i in range(200):
    shl(3, i % 20)
for a in (0, 1, -1, 5, -5, 2**31, 2**61, -(2**61), 2**62, True):
    print(a, [shl(a, n) for n in (0, 1, 2, 31, 32, 61, 62, 63, 64, 65, 130)])
for bad in (-1, -64, -(2**70)):
    for a in (0, 1):
        try:
            print(shl(a, bad))
        except ValueError as error:
            print(a, bad, error)
print(shl(0, 2**70))
try:
    shl(1, 2**70)
except (OverflowError, MemoryError) as error:
    print(type(error).__name__)
