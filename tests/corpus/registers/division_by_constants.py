# corpus: compiled=divs no-exit=divs
def divs(x):
    return (x // 1, x // 2, x // 3, x // 7, x // 10, x // 1000003, x // -2, x // -7, x % 1, x % 2, x % 3, x % 10,
            x % 64, x % -2, x % -7, x % 1000003, x // 4294967296, x % 4294967296)


for i in range(200):
    divs(i - 100)
for x in (0, 1, -1, 6, 7, -7, -8, 2**31, -(2**31), 2**53 + 1, 2**62, -(2**62), 2**63 - 1, -(2**63)):
    print(x, *divs(x))
