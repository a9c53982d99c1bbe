# corpus: compiled=bubble no-exit=bubble
def bubble(a):
    n = len(a)
    for i in range(n):
        swapped = False
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
                swapped = True
        if not swapped:
            break
    return a


for _ in range(40):
    bubble([3, 1, 2])
print(bubble([(i * 7919) % 101 for i in range(60)]))
