# corpus: compiled=add
import sys
import threading

sys.setswitchinterval(1e-6)
lock = threading.Lock()


class Shared:
    total = 0


shared = Shared()


def add(n, k):
    for i in range(n):
        with lock:
            before = shared.total
            shared.total = before + k


threads = [threading.Thread(target=add, args=(200, k)) for k in (1, 2, 3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(shared.total, lock.locked())
