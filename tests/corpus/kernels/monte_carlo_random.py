# corpus: compiled=pi
import random


def pi(rng, n):
    inside = 0
    for _ in range(n):
        x, y = rng.random(), rng.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return inside


def shuffle(rng, a):
    for i in range(len(a) - 1, 0, -1):
        j = rng.randrange(i + 1)
        a[i], a[j] = a[j], a[i]
    return a


rng = random.Random(12345)
print(pi(rng, 800), shuffle(rng, list(range(20))), rng.gauss(0, 1), rng.choice("abc"))
