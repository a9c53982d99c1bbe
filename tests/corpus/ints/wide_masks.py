# corpus: compiled=fnv1a,Rng.step,modpow,splitmix,rotate,djb2,chosen,table
# What programs do with words without a sign: hash functions, random numbers, modular arithmetic.
M = 0xFFFFFFFFFFFFFFFF


def fnv1a(data):
    h = 0xCBF29CE484222325
    for b in data:
        h ^= b
        h = (h * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


class Rng:
    def __init__(self, seed):
        self.state = seed

    def step(self):
        x = self.state
        x ^= (x << 13) & M
        x ^= x >> 7
        x ^= (x << 17) & M
        self.state = x
        return x

    def random(self):
        return self.step() / 18446744073709551616.0


def modpow(base, exponent, modulus):
    result = 1
    base %= modulus
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


def splitmix(state):
    z = (state + 0x9E3779B97F4A7C15) & M
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
    return z ^ (z >> 31)


def rotate(x, k):
    return ((x << k) & M) | (x >> (64 - k))


def djb2(text):
    h = 5381
    for c in text:
        h = (h * 33 + ord(c)) & M
    return h


def chosen(a, b, c):
    # The product is not always what is masked.
    return ((a if c else a * b) & M) + ((a + b if c else b) & 0xFF), (a * b or c) & M


def table(words):
    counts = {}
    for word in words:
        counts[word & M] = counts.get(word & M, 0) + 1
    return sorted(counts.items())[:5]


print([fnv1a(bytes(range(n))) for n in (0, 1, 8, 100, 256)])
rng = Rng(88172645463325252)
print(sum(rng.random() for _ in range(500)), rng.state)
print([modpow(3, 10**18 + n, modulus) for n in range(20) for modulus in (2**31 - 1, 2**61 - 1, 2**63 - 25, 10**9 + 7, -(10**15) - 37)])
print([modpow(3, 10**30, modulus) for modulus in (2**64 - 59, 2**89 - 1, 2**127 - 1)] * 3)
state = 1
for _ in range(400):
    state = splitmix(state)
print(state, [rotate(state, k) for k in range(1, 64)])
print([djb2("hello" * n) for n in range(60)])
print([chosen(a, b, c) for a in (1, M, 2**63, -5) for b in (3, M - 1, 0) for c in (0, 1, M)] * 20 == [chosen(a, b, c) for _ in range(20) for a in (1, M, 2**63, -5) for b in (3, M - 1, 0) for c in (0, 1, M)])
print([chosen(a, b, c) for a in (1, M, 2**63, -5) for b in (3, M - 1, 0) for c in (0, 1, M)])
print(table([splitmix(n % 50) for n in range(400)]))
