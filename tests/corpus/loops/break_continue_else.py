# corpus: compiled=search
def search(items, want):
    for i, x in enumerate(items):
        if x is None:
            continue
        if x == want:
            result = ("found", i)
            break
    else:
        result = ("missing", len(items))
    n = 0
    while n < 3:
        n += 1
        if n == want:
            break
    else:
        return result, "else"
    return result, n


for _ in range(80):
    search([1, None, 3], 3)
print(search([1, None, 3], 3), search([], 1), search([None] * 5, 9), search([5, 5], 5), search([1.0], 1))
