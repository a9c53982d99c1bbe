# corpus: compiled=pick
def pick(flag, n):
    total = 0
    for i in range(n):
        x = 1 if flag else 1.5
        y = x + 1
        total = total + y
        if i == n // 2:
            flag = not flag
    return total


for _ in range(50):
    pick(True, 4)
print(pick(True, 100), pick(False, 100), pick(True, 1), type(pick(True, 1)).__name__)
