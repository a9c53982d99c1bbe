# corpus: compiled=f
def f(data):
    while (n := len(data)) > 2:
        data = data[1:]
        if (half := n / 2) > 3 and (last := data[-1]):
            pass
    return n, half, [y := x * 2 for x in data], y


for _ in range(80):
    f([1, 2, 3, 4])
print(f(list(range(9))), f([1, 2, 3]))
try:
    f([1])
except UnboundLocalError as error:
    print(error)
print([(i, j) for i in range(5) if (j := i * i) % 2 == 0], j)
