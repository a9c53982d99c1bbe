# corpus: compiled=<module> skip-modes=background
# What variables of a module held before is destroyed when they are assigned, and what its end shows is as it was then.
import sys
import weakref


class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append((self.n, getattr(current, "n", current), count))


log = []
count = 0
current = None
for count in range(60):
    current = Noisy(count)
print(log[:4], log[-4:], len(log))
current = 5
print(log[-1])

log.clear()
for count in range(60):
    current = Noisy(count)
    current = None if count % 2 else current
    if count % 7 == 0:
        current = None
print(log)

log.clear()
current = None
things = [Noisy(-1)]
for count in range(50):
    things = [Noisy(count)]
    other = things
print(log[:3], log[-3:], len(log))
del things, other

log.clear()
value = 1
for count in range(70):
    value = count * 1.5
    if count % 10 == 0:
        value = Noisy(count)
    elif count % 10 == 1:
        value = (Noisy(count), count)
print([entry[0] for entry in log])

log.clear()
ended = []
for count in range(40):
    current = Noisy(count)
    watcher = weakref.ref(current, lambda _: ended.append(count))
    current = count
print(ended, len(log))

counts = set()
for count in range(50):
    held = [count]
    counts.add(sys.getrefcount(held))
    again = held
    counts.add(sys.getrefcount(held))
    again = None
print(sorted(counts))

same = []
for count in range(40):
    left = count * 1000003
    right = left
    same.append(left is right)
    pair = (left, right)
    same.append(pair[0] is left)
    fraction = count / 7
    twin = fraction
    same.append(twin is fraction)
print(all(same), len(same))
