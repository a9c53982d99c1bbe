# corpus: compiled=work
import sys
import threading

sys.setswitchinterval(1e-6)
results = {}


class Acc:
    def __init__(self):
        self.n = 0
        self.f = 0.0


def work(k, n):
    a = Acc()
    data = [0] * 16
    for i in range(n):
        a.n += i * k
        a.f += k * 0.5
        data[i % 16] += 1
    return a.n, a.f, sum(data)


def body(k):
    results[k] = [work(k, 150) for _ in range(4)]


threads = [threading.Thread(target=body, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print([results[k][0] for k in range(4)], all(len(set(v)) == 1 for v in results.values()))
