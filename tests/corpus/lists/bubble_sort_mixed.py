# corpus: compiled=bubble
def bubble(a):
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a


for _ in range(40):
    bubble([3, 1, 2])
print(bubble([2.5, 1, True, 2**70, -(2**65), 2.25, float("inf")]))
print(bubble(["b", "a", "c"]), bubble([(2, 1), (1, 5), (1, 2)]))
a = [3, 1, "x", 2]
try:
    bubble(a)
except TypeError as error:
    print(error, a)
