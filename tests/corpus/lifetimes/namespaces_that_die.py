# corpus: timeout=60
# Namespaces that die while what was hot in them is being compiled: their memory is used again before the code is installed.
import gc

SOURCE = """
def loop(n):
    t = 0
    for i in range(n):
        t += abs(i - {k}) % 7 + len(str(i))
    for i in range(n):
        t += min(i, {k}) + max(i, t)
    for i in range(n):
        t -= abs(i - {k}) + ord(chr(i)) + t // 2
    for i in range(n):
        t += sum((i, {k})) + len(str(t))
    return t
"""


def hot(k):
    space = {f"name{j}": j for j in range(k % 40)}
    exec(SOURCE.format(k=k), space)
    return space["loop"](60)


total = 0
for k in range(150):
    total += hot(k)
    gc.collect()
    # What comes next takes the place of the namespace.
    filler = [{(j, k): j for j in range(k % 40 + 3)} for _ in range(6)]
    total += sum(len(d) for d in filler)
print(total)
