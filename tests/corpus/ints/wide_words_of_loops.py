# corpus: compiled=late,mixed,nested,Hash.update
# Ints that become large in the middle of a loop, in one branch only, or in inlined methods.
M = 0xFFFFFFFFFFFFFFFF


def late(n, seed):
    h = seed
    for i in range(n):
        if i % 7 == 3:
            h = (h * 0x5DEECE66D + 11) & ((1 << 48) - 1)
        elif i % 7 == 5:
            h = (h << 17) ^ i
        else:
            h &= M
    return h


def mixed(n):
    value, floats = 1, 0.0
    for i in range(n):
        value = value * 3 & M if i & 1 else value + 1
        floats += value / 2.0**64
        if value > 2**63:
            floats -= 1
        if not value:
            break
    return value, floats


class Hash:
    def __init__(self):
        self.low, self.high = 1, 0

    def update(self, block):
        self.low = (self.low ^ block) * 0x100000001B3 & M
        self.high = (self.high + (self.low >> 32)) & M
        return self

    def digest(self):
        return f"{self.high:016x}{self.low:016x}", hex(self.low ^ self.high), divmod(self.low, 1000)


def nested(n):
    digests = []
    for i in range(n):
        h = Hash()
        for block in (i, i << 40, i << 62, -i, i * i << 50):
            h.update(block)
        digests.append(h.digest())
    return digests[-3:], len(set(digests))


print([late(n, seed) for n in (10, 100, 400) for seed in (1, 2**62, 2**64 - 1, -5, 2**90)])
print([mixed(n) for n in (5, 50, 300, 300)])
print(nested(150))
