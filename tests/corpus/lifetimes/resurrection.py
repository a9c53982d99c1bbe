# corpus: compiled=run
class T:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        if self.n % 3 == 0:
            saved.append(self)
        self.n += 1


saved = []


def run(n):
    for i in range(n):
        t = T(i)
    return len(saved)


print(run(10), [t.n for t in saved])
print(run(200), saved[-1].n)
saved.clear()
print(len(saved))
