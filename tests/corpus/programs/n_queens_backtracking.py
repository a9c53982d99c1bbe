# corpus: compiled=place
def solve(n):
    found = []

    def search(row, columns):
        if row == n:
            found.append(columns)
            return
        for c in range(n):
            if all(c != d and abs(c - d) != row - r for r, d in enumerate(columns)):
                search(row + 1, columns + (c,))

    search(0, ())
    return found


def place(n, row=0, cols=0, left=0, right=0):
    if row == n:
        return 1
    free = ~(cols | left | right) & ((1 << n) - 1)
    total = 0
    while free:
        bit = free & -free
        free ^= bit
        total += place(n, row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1)
    return total


print([len(solve(n)) for n in range(1, 6)], solve(6), [place(n) for n in range(1, 8)])
