# corpus: compiled=pick
def pick(k):
    if k == 1:
        alpha = 1
    if k == 2:
        beta = 2
    if k == 3:
        return alpha
    if k == 4:
        return beta
    if k == 5:
        beta += 1
    if k == 6:
        del alpha
    if k == 7:
        return gamma_global
    if k == 8:
        return free()
    if k == 9:
        free = None

    def free():
        return delta

    if k == 10:
        return free()
    if k == 11:
        del delta
    if k == 12:
        delta = 1
        del delta
        return free()
    delta = 5
    return delta


for _ in range(200):
    pick(0)
for k in range(3, 13):
    try:
        print(k, pick(k))
    except NameError as error:
        print(k, type(error).__name__, error, error.name)
