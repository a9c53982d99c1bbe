# corpus: compiled=add,sub,mul,shl,shr,both,either,differ,mod,div,less,same,masked
# Each operator has met results of more than 64 bits before it meets numbers around every limit.
M = 0xFFFFFFFFFFFFFFFF


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def shl(a, n):
    return a << n


def shr(a, n):
    return a >> n


def both(a, b):
    return a & b


def either(a, b):
    return a | b


def differ(a, b):
    return a ^ b


def mod(a, b):
    return a % b


def div(a, b):
    return a // b


def less(a, b):
    return a < b, a <= b, a > b, a >= b


def same(a, b):
    return a == b, a != b, not a, bool(b)


def masked(a, b):
    return (a * b) & M, (a + b) & M, (a - b) & M, (a * b) & 0x7FFFFFFFFFFFFFFF, a & M, a & ~M, (a * b) % 2**64, (a * b) % 2**70


EDGES = [0, 1, -1, 3, -3, 2**30, -(2**30), 2**60 - 1, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, -(2**64)]
EDGES += [2**64 + 1, 2**90, -(2**90) - 7, 2**126, 2**127 - 1, 2**127, -(2**127), -(2**127) - 1, 2**128, 2**200, -(2**200)]
COUNTS = [0, 1, 13, 31, 62, 63, 64, 65, 100, 127, 128, 200]
PAIRS = [add, sub, mul, both, either, differ, mod, div, less, same, masked]


def attempt(f, a, b):
    try:
        return f(a, b)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"


for f in PAIRS:
    for i in range(300):
        f(2**63 - i, 2**62 + 3 * i + 1)
        f(M - i, M + 2 * i)
for f in (shl, shr):
    for i in range(300):
        f(M - i, i % 60)
for f in PAIRS:
    digest = 0
    for a in EDGES:
        row = [attempt(f, a, b) for b in EDGES]
        digest = (digest * 31 + hash(tuple(row)) % 2**61) % 2**61
        print(f.__name__, a, digest, row[-8:])
for f in (shl, shr):
    for a in EDGES:
        print(f.__name__, a, [attempt(f, a, n) for n in COUNTS])
for kinds in ((True, 2**64), (2**64, False), (2.5, 2**64), (2**64, 0.1), (2**64 + 1, 1j)):
    print(kinds, [attempt(f, *kinds) for f in (add, sub, mul, same)])
