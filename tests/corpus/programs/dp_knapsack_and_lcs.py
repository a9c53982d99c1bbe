# corpus: compiled=lcs,knapsack,edit
def lcs(a, b):
    prev = [0] * (len(b) + 1)
    for x in a:
        row = [0]
        for j in range(len(b)):
            if x == b[j]:
                row.append(prev[j] + 1)
            elif prev[j + 1] >= row[j]:
                row.append(prev[j + 1])
            else:
                row.append(row[j])
        prev = row
    return prev[-1]


def knapsack(items, room):
    best = [0] * (room + 1)
    for weight, value in items:
        for r in range(room, weight - 1, -1):
            best[r] = max(best[r], best[r - weight] + value)
    return best[room]


def edit(a, b):
    d = {(i, 0): i for i in range(len(a) + 1)}
    d.update({(0, j): j for j in range(len(b) + 1)})
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
    return d[len(a), len(b)]


for _ in range(5):
    lcs("abc", "xbc")
print(lcs("the quick brown fox jumps", "a lazy dog quickly jumped"), lcs([1, 2.0, 3], [1.0, 2, 4]), lcs("", "a"))
print(knapsack([(3, 4), (4, 5), (7, 10), (2, 2.5)], 60), edit("kitten sitting", "sitting kitten"))
