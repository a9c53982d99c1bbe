# corpus: compiled=<module>
# Functions rely on what variables of their module are; its loops change them.
import threading

SCALE = 2
counter = 0


def scaled(x):
    return x * SCALE


def count():
    global counter
    counter += 1
    return counter


total = 0
for i in range(200):
    total += scaled(i)
    if i % 50 == 49:
        SCALE += 1
print(total, SCALE)

for i in range(100):
    counter += 2
    total += count()
    if i % 30 == 0:
        count = (lambda old: lambda: old() + 1)(count)
print(total, counter)

for SCALE in range(100):
    total += scaled(1)
print(total)

for i in range(60):
    def local(x):
        return x + i
    total += local(1)

    class Point:
        tag = i

        def get(self):
            return self.tag + i
    total += Point().get()
print(total)

done = False
ticks = 0


def worker():
    global ticks
    for _ in range(200):
        ticks += 1


threads = [threading.Thread(target=worker) for _ in range(3)]
for thread in threads:
    thread.start()
turns = 1
while any(thread.is_alive() for thread in threads):
    turns += 1
for thread in threads:
    thread.join()
print(ticks >= 200, turns > 0)
table = {}
words = "the quick brown fox jumps over the lazy dog the end".split() * 20
for word in words:
    if word in table:
        table[word] += 1
    else:
        table[word] = 1
for word, number in sorted(table.items()):
    total += number * ord(word[0])
print(table, total)
for key in list(table):
    number = table.pop(key)
    total -= number
print(total, table)
for index, word in enumerate(words):
    total += index * (word == "the")
for left, right in zip(words, words[1:]):
    total += left < right
print(total)
