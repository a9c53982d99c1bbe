# corpus: compiled=mix stderr
def mix(a, b):
    return a & b, a | b, a ^ b, ~a


for i in range(200):
    mix(i, 77)
for a in (0, -1, 5, -6, 2**30, -(2**30), 2**62 - 1, -(2**62), 2**63 - 1, -(2**63), 2**64, -(2**64), True):
    for b in (0, -1, 255, -256, 2**63 - 1, -(2**63), 2**80, False):
        print(a, b, *mix(a, b))
