# corpus: compiled=deep,nest
def deep(a, b, c, d):
    return (((a + b) * (c - d) - (a - b) * (c + d)) * ((a * c - b * d) - (a * d - b * c))
            - (((a - c) * (b - d)) - ((a - d) * (b - c))) * (((a + d) - (b + c)) - ((a + c) - (b + d))))


def nest(a, b):
    return [a, (b, [a + b, {a: (b, a * b)}, f"{a}{b}{a - b}"], a if a > b else b), not a, -b]


for i in range(150):
    deep(i, 1, 2, 3), nest(i, 2)
print([deep(a, b, 5, -7) for a in (1, 2.5, 2**33, -(2**31)) for b in (3, -0.5, 2**32)])
print(nest(1, 2), nest(2.5, True), nest(2**70, -1))
