# corpus: compiled=<module>,pairs
# A number that goes to a list, or to an attribute, and stays in a variable of the module or in a tuple in parts is still there.
class Box:
    pass


numbers, floats, box = [3, 70000], [2.5], Box()
box.n, box.x = 80000, 1.5
for n in range(300):
    numbers[0] = n
    numbers[1] = n + 90000
    box.n = m = n * 1000
    floats[0] = x = n + 0.25
    box.x = y = x * 2
print(numbers, n, box.n, m, floats, x, box.x, y)


def pairs(box, numbers, n):
    both = (n * 1000, n + 0.5)
    for i in range(3):
        numbers[0], box.x = both
        both = (both[0] + 1000, both[1] + 1)
        numbers[1] = both[0]
    first, second = both
    return first, second, numbers[0], numbers[1], box.x


for n in range(200):
    result = pairs(box, numbers, n)
print(result)
