# corpus: compiled=compare_all,count,keep_best,positions
"""NaN and signed zeros in comparisons, sorting, dict and set keys, `in`, `index`, min and max, after ordinary numbers."""
import math

NAN = float("nan")
VALUES = [0.0, -0.0, 0, NAN, float("nan"), math.inf, -math.inf, 1.5, -1.5, True, False, 2**53, float(2**53), 2**53 + 1]


def compare_all(a, b):
    return (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != b) + 16 * (a >= b) + 32 * (a > b) + 64 * (a is b)


def branches(a, b):
    out = []
    if a < b:
        out.append("<")
    if not a < b:
        out.append("!<")
    if a == b:
        out.append("=")
    if a != b:
        out.append("!=")
    if not (a >= b or a < b):
        out.append("?")
    if a:
        out.append("t")
    while not a > b:
        out.append("w")
        break
    return "".join(out)


def count(values):
    seen = {}
    for value in values:
        seen[value] = seen.get(value, 0) + 1
    return list(seen.items())


def keep_best(values):
    low = high = values[0]
    for value in values:
        if value < low:
            low = value
        if value > high:
            high = value
    return low, high, min(values), max(values), min(low, high), max(high, low)


def positions(values, wanted):
    return wanted in values, values.count(wanted), values.index(wanted) if wanted in values else None


def signs(values):
    return [math.copysign(1.0, v) for v in values if isinstance(v, float) and v == v]


for _ in range(60):
    compare_all(1.0, 2.0), compare_all(3, 2), branches(1.5, 2.5), count([1.0, 2.0, 1.0])
    keep_best([3.0, 1.0, 2.0]), positions([1.0, 2.0], 2.0)
print([compare_all(a, b) for a in VALUES for b in VALUES])
print([branches(a, b) for a in VALUES for b in VALUES])
print(count(VALUES), count([NAN, NAN, float("nan")]))
print(keep_best([NAN, 1.0, 2.0]), keep_best([1.0, NAN, 2.0]), keep_best([0.0, -0.0]), keep_best([-0.0, 0.0]), keep_best([0, -0.0]))
print([positions(VALUES, v) for v in VALUES])
print(signs(sorted([0.0, -0.0, 0.0, -0.0], key=lambda v: v)), signs(sorted([-0.0, 0.0, -1.0], reverse=True)))
print(sorted([2.0, NAN, 1.0, -0.0, 0.0], key=lambda v: (v != v, v)))
print(signs([0.0 * -1, -0.0 + 0.0, -0.0 - 0.0, 0.0 - 0.0, -0.0 * -0.0, -(0.0), abs(-0.0), -0.0 // 1, 0.0 % -3.0, -0.0 ** 1]))
