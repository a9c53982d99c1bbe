# corpus: compiled=<module>
# Generator expressions in loops of a module: what they read may be a variable that the loop assigns, and what they assign is one.
step = 1
total = 0
best = 0
found = 0
for i in range(200):
    total += sum(step for _ in range(3)) + sum(x * step for x in (1, i))
    best = max(x - step for x in range(i % 5 + 1))
    if any(x == step for x in range(4)):
        found += 1
    step = (step + 1) % 6
print(total, best, found, step)

last = 0
for i in range(200):
    n = 0
    for x in (last := x + i for x in range(4)):
        n += x + last
    if any((last := x) > 150 for x in range(i)):
        n += last
print(n, last, x)


def assign(value):
    global step
    step = value
    return value


for i in range(200):
    n = sum(assign(x) + step for x in range(3))
    step += 2.5 if i == 150 else 1
print(n, step)


class Reads:
    def __del__(self):
        seen.append((step, i))


seen = []
step = 0
for i in range(120):
    things = [Reads()] if i % 50 == 49 else [0]
    step += sum(1 for x in things)
    things = None
    x = None
print(seen, step)
