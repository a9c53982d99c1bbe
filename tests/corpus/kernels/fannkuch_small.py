# corpus: compiled=flips
def flips(n):
    perm = list(range(n))
    count = [0] * n
    best = checksum = 0
    sign = 1
    while True:
        if perm[0]:
            p = perm[:]
            f = 0
            k = p[0]
            while k:
                p[: k + 1] = p[k::-1]
                f += 1
                k = p[0]
            best = max(best, f)
            checksum += sign * f
        if sign == 1:
            perm[0], perm[1] = perm[1], perm[0]
            sign = -1
        else:
            perm[1], perm[2] = perm[2], perm[1]
            sign = 1
            i = 2
            while True:
                if count[i] != i:
                    count[i] += 1
                    break
                if i == n - 1:
                    return checksum, best
                count[i] = 0
                perm.insert(i + 1, perm.pop(0))
                i += 1


print([flips(n) for n in (3, 4, 5, 6)])
