# corpus: compiled=powers,fermat,answer
# `pow` with a modulus: words, wider ints, every sign, exponents that need an inverse, and what raises.


def powers(numbers, exponents, moduli):
    out = []
    for x in numbers:
        for y in exponents:
            for z in moduli:
                out.append(pow(x, y, z))
    return out


def fermat(n):
    found = 0
    for i in range(3, n):
        if pow(2, i - 1, i) == 1:
            found += i
    return found


def answer(x, y, z):
    try:
        return pow(x, y, z)
    except (ValueError, TypeError) as error:
        return type(error).__name__, str(error)


for turn in range(40):
    results = powers(range(-3, 4), (0, 1, 2, 5, 64), (1, 2, 7, 97)), fermat(60)
    small = [answer(turn % 7, turn % 5, 11), answer(2, 10, 1000)]
print(results, small)
edges = (0, 1, -1, 2**31, -(2**31), 2**32 - 1, 2**62, 2**63 - 1, -(2**63), -(2**62) - 5)
moduli = (1, -1, 2, -2, 10**9 + 7, -(10**9 + 7), 2**32, 2**61 - 1, -(2**61 - 1), 2**63 - 1, -(2**63), 2**62, -(2**32) - 3)
for turn in range(3):
    wide = powers(edges, (0, 1, 2, 3, 63, 2**40 + 1, 2**63 - 1), moduli)
print(hash(tuple(wide)), wide[:40], wide[-40:])
for x, y, z in [(3, -1, 7), (3, -2, -7), (2, -1, 4), (3, 5, 0), (2**70, 3, 7), (3, 2**70, 7), (3, 5, 2**70), (True, 2, 5), (2.0, 2, 5), (2, 3.0, 5), (2, -1, 0), (5, 0, 1), (5, 0, -1)]:
    print(x, y, z, [answer(x, y, z) for turn in range(3)])
print(answer(3, 4, 5), answer(10, 3, None))
