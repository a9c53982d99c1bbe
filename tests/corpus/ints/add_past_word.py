# corpus: compiled=climb
def climb(start, step, n):
    total = start
    i = 0
    while i < n:
        total += step
        i += 1
    return total


for _ in range(50):
    climb(5, 3, 20)
for start, step in ((2**63 - 10, 3), (-(2**63) + 10, -3), (2**62 - 50, 7), (2**60 - 50, 9), (-(2**60) + 50, -9)):
    print(climb(start, step, 20), type(climb(start, step, 20)).__name__)
print(climb(2**63 - 1, 1, 1), climb(-(2**63), -1, 1), climb(-(2**63), -1, 0))
print(climb(2**63, -1, 1), climb(2**64, -(2**64), 1))
