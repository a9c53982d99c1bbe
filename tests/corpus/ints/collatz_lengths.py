# corpus: compiled=length no-exit=length
def length(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


print([length(n) for n in range(1, 100)])
print(max((length(n), n) for n in range(1, 1500)))
