# corpus: compiled=same
def same(a, b):
    c = a + b
    d = b + a
    return c is d


for _ in range(200):
    same(2, 3)
print(same(2, 3), same(-5, 0), same(-6, 0), same(128, 128), same(200, 56), same(200, 57))
print([same(i, 0) for i in range(-8, 3)])
print([same(i, 1) for i in range(250, 260)])
