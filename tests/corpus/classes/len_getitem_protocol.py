# corpus: compiled=total
class Seq:
    def __init__(self, n):
        self.n = n
        self.reads = 0

    def __len__(self):
        self.n -= self.reads == 20
        return self.n

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError(i)
        self.reads += 1
        return i * i


def total(s):
    t = 0
    i = 0
    while i < len(s):
        t += s[i]
        i += 1
    return t


for _ in range(40):
    total([1, 2, 3])
print(total(Seq(10)), total(Seq(40)), total(range(5)), total(b"ab"), total((1.5, 2)))
print(sum(Seq(6)), list(Seq(4)), 9 in Seq(5), list(reversed(Seq(3))))
