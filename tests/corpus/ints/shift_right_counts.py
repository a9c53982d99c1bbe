# corpus: compiled=shr
def shr(a, n):
    return a >> n


for i in range(200):
    shr(100000, i % 20)
for a in (0, 1, -1, -2, 7, -7, 2**31, -(2**31), 2**63 - 1, -(2**63), 2**64 + 1, -(2**64) - 1):
    print(a, [shr(a, n) for n in (0, 1, 31, 32, 62, 63, 64, 65, 127, 128, 2**40, 2**70)])
for bad in (-1, -(2**70)):
    try:
        shr(9, bad)
    except ValueError as error:
        print(error)
