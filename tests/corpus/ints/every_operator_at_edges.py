# corpus: compiled=arithmetic,bits,shifts,compared,augmented
"""Every operator on pairs of ints around the edges of digits and words, warm with small ones first."""
EDGES = sorted({s * (2**p + d) for p in (0, 29, 30, 31, 59, 60, 61, 62, 63, 64, 90) for d in (-1, 0, 1) for s in (1, -1)})


def arithmetic(a, b):
    return a + b, a - b, a * b, -a, +a, abs(a)


def divided(a, b):
    return a // b, a % b, divmod(a, b), a / b


def bits(a, b):
    return a & b, a | b, a ^ b, ~a, a.bit_length(), bool(a), not b


def shifts(a, n):
    return a << n, a >> n


def compared(a, b):
    return a < b, a <= b, a == b, a != b, a >= b, a > b, a is a, (a > b) - (a < b)


def augmented(a, b):
    x = y = z = w = a
    x += b
    y -= b
    z *= b
    w ^= b
    return x, y, z, w


def powers(a, n):
    return a**n, a**2, 2**n


def summed(values, start):
    total = start
    for value in values:
        total += value
        total -= value >> 1
    return total


def ranged(start):
    return [i for i in range(start, start + 3)], [i for i in range(start + 3, start, -1)]


def run(pairs):
    check = 0
    for a, b in pairs:
        results = [*arithmetic(a, b), *bits(a, b), *shifts(a, b % 70), *compared(a, b), *augmented(a, b)]
        results += powers(a, b & 7)
        if b:
            results += divided(a, b)
        for result in results:
            check = (check * 31 + hash(result)) % (2**61 - 1)
            if type(result) is not bool and result == a and type(result) is int and repr(result) != repr(a):
                print("odd", a, b, result)
    return check


small = [(i, j) for i in range(-6, 7) for j in range(-6, 7)]
print(run(small), run(small))
print(run([(a, b) for a in EDGES for b in EDGES]))
print(run([(a, b) for a in EDGES for b in range(-3, 4)]))
print(summed(range(100), 0), summed(EDGES, 0), summed(EDGES, 2**62), summed([2**62, 2**62, -(2**63)], 1))
for start in (0, 2**30 - 2, 2**60 - 2, 2**63 - 2, -(2**63) - 2, 2**64):
    for _ in range(12):
        result = ranged(start)
    print(result)
for operation in (divided, shifts, powers):
    for a, b in ((1, 0), (2**63, 0), (0, 0), (1, -1), (2**64, -1), (0, -1)):
        try:
            print(operation.__name__, a, b, operation(a, b))
        except (ZeroDivisionError, ValueError) as error:
            print(operation.__name__, a, b, type(error).__name__, error)
