# corpus: compiled=fill no-exit=fill
def fill(n, m):
    grid = [[0] * m for _ in range(n)]
    for i in range(n):
        for j in range(m):
            grid[i][j] = i * m + j
    return grid


def transpose(grid):
    return [[row[j] for row in grid] for j in range(len(grid[0]))]


for _ in range(50):
    fill(3, 4)
print(transpose(fill(3, 5)))
shared = [[0] * 3] * 2
shared[0][1] = 9
print(shared, fill(0, 3), fill(2, 0))
