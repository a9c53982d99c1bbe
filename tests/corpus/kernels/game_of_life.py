# corpus: compiled=step
def step(cells, w, h):
    out = []
    for y in range(h):
        row = []
        for x in range(w):
            n = 0
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    if dx or dy:
                        n += cells[(y + dy) % h][(x + dx) % w]
            row.append(1 if n == 3 or (n == 2 and cells[y][x]) else 0)
        out.append(row)
    return out


cells = [[0] * 12 for _ in range(8)]
for x, y in ((1, 0), (2, 1), (0, 2), (1, 2), (2, 2)):
    cells[y][x] = 1
for _ in range(12):
    cells = step(cells, 12, 8)
print("\n".join("".join(".#"[c] for c in row) for row in cells))
