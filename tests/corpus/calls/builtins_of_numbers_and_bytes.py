# corpus: compiled=numbers,combinations,texts,computed_with,bytes_of,copies
# Functions of `math` and methods of numbers, bytes and containers that run no Python code, in loops, with what they raise.
import math


def numbers(values):
    out = []
    for x in values:
        out.append((math.asinh(x), math.cbrt(x), math.cosh(x), math.erf(x), math.erfc(x), math.exp2(x), math.expm1(x), math.frexp(x)))
        out.append((math.ldexp(x, 3), math.log1p(x), math.modf(x), math.remainder(x, 0.75), math.sinh(x), math.tanh(x), x.hex(), x.as_integer_ratio()))
        out.append((math.acosh(x + 1.5), math.atanh(x / 9), math.gamma(x + 0.5), math.lgamma(x + 0.5)))
    return out


def combinations(n):
    out = []
    for i in range(n):
        out.append((math.comb(n, i), math.perm(n, i), math.factorial(i), math.lcm(i, 6), abs(-i), pow(i, 3), pow(i + 1, -1), pow(1.5, i)))
    return out


def texts(words):
    out = []
    for word in words:
        data = word.encode()
        out.append((data, data.decode(), data.count(b"a"), data.count(97), data.isdigit(), data.isspace()))
    return out


def computed_with(x, i, data):
    """What is computed with each result is as its type has it."""
    floats = math.asinh(x) + math.cbrt(x) + math.cosh(x) + math.erf(x) + math.erfc(x) + math.exp2(x) + math.expm1(x) + math.ldexp(x, 2) + math.log1p(x)
    floats += math.remainder(x, 0.75) + math.sinh(x) + math.tanh(x) + math.acosh(x + 1.5) + math.atanh(x / 9) + math.gamma(x + 0.5) + math.lgamma(x + 0.5)
    ints = math.comb(9, i) + math.perm(9, i) + math.factorial(i) + math.lcm(i, 6) + abs(-i) + data.count(b"a")
    pairs = math.frexp(x) + math.modf(x) + x.as_integer_ratio()
    flags = data.isspace() | data.isdigit(), data.isdigit() ^ (i > 1), data.isspace() ^ True
    return floats, ints, pairs, flags, data.decode() + "!", data.decode().encode() + b"!", x.hex() + "p", i.to_bytes(2, "big") * 2


def bytes_of(values, order):
    out = []
    for value in values:
        out.append(value.to_bytes(5, order))
    return out


def copies(n):
    names, kept = {"a": 1, "b": [2]}, {1, 2, (3, 4)}
    for i in range(n):
        other, same = names.copy(), kept.copy()
        other[i] = same
        same.add(i)
    return names, other, sorted(map(str, kept)), sorted(map(str, same)), other["b"] is names["b"]


def told(function, *arguments):
    try:
        return repr(function(*arguments))
    except (ValueError, OverflowError, TypeError, UnicodeError, ZeroDivisionError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"


for turn in range(40):
    results = [numbers([0.0, 0.5, 1.25, 2.75, -0.375]), combinations(9), texts(["abba", "12", " \t", "é€a", ""]), bytes_of([0, 1, 300, 2**40 - 1], "big")]
    results += [computed_with(0.25 * (turn % 5), turn % 4, data) for data in (b"ab", b"12", b" ")]
    results += [bytes_of([7, 2**39], "little"), copies(4)]
print(*results, sep="\n")
for arguments in [(numbers, [-1.0]), (numbers, [1e308]), (numbers, [float("nan")]), (numbers, [float("inf")]), (numbers, [3]), (numbers, [2**70])]:
    print(told(*arguments))
for arguments in [(texts, ["\ud800"]), (bytes_of, [2**41], "big"), (bytes_of, [-1], "big"), (bytes_of, [1], "middle"), (combinations, -1)]:
    print(told(*arguments))


def decoded(data):
    return data.decode()


def compared(n, k):
    return math.comb(n, k), math.perm(n, k)


for turn in range(40):
    decoded(b"abc"), compared(5, 2)
print(told(decoded, b"\xff"), told(compared, -1, 2), told(compared, 5, -2), told(compared, 2**70, 2), told(compared, True, 1), told(math.factorial, -1))
