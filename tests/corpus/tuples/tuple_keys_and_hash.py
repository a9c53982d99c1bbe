# corpus: compiled=count
def count(points):
    seen = {}
    for x, y in points:
        key = (x, y)
        seen[key] = seen.get(key, 0) + 1
    return seen


for _ in range(40):
    count([(1, 2), (2, 1)])
print(count([(i % 3, i % 2) for i in range(100)]))
print(count([(1, 2.0), (True, 2), (1.0, 2)]))
try:
    count([(1, [])])
except TypeError as error:
    print(error)
