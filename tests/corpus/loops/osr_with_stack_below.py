# corpus: compiled=main
def outer(n):
    return n


def main():
    # inner loops run while values of outer iterators lie on the stack
    total = 0
    for a in [1, 2, 3]:
        for b in (4.0, 5.0):
            for c in {"x": 1, "y": 2}:
                n = 0
                while n < 60:
                    total += a * b + len(c) + outer(n)
                    n += 1
    return total


print(main())
print([sum(x * y for y in range(40)) + len([z for z in range(x)]) for x in range(30)])
