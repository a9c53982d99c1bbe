# corpus: compiled=in_place,from_other
# A slice of a slice is stored: the list between them is nobody's, in functions and where the module's own variables are numbers in registers.
import sys


def in_place(items, step):
    for i in range(0, len(items), step):
        items[i:i + step] = items[i:i + step][::-1]
    return items


def from_other(items, other):
    for i in range(0, 60, 10):
        items[i:i + 10] = other[i:i + 10][::-1]
    return items


numbers = list(range(64))
total = 0
for turn in range(80):
    total += in_place(numbers[:], 10)[7] + from_other(numbers[:], numbers)[5]
    turned = numbers[:]
    for i in range(0, 60, 10):
        turned[i:i + 10] = turned[i + 1:i + 9][::-1]
    total += len(turned)
print(total, turned, numbers)
for objects in ([[i] for i in range(9)], [str(i) * 3 for i in range(9)]):
    for turn in range(40):
        turned = in_place(objects[:], 4)
        longer = from_other(objects[:], objects)
    print(turned, longer, list(map(sys.getrefcount, objects)))
for wrong in (range(64), 5):
    try:
        from_other(numbers[:], wrong)
    except TypeError as error:
        print(error)
print(from_other([], (1, 2, 3)), from_other(numbers[:3], "text"))
