# corpus: compiled=mix
def count(start, step):
    x = start
    while True:
        yield x
        x = x + step


def mix(n):
    gens = [count(0, 1), count(0.0, 0.5), count("", "a"), count(2**62, 2**61), count((), (1,))]
    out = []
    for i in range(n):
        out.append(next(gens[i % len(gens)]))
    return out


print(mix(25))
print(len(mix(400)[-3]), mix(300)[-2])
