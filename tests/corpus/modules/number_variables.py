# corpus: compiled=<module>
# Loops of a module whose variables are numbers: they go past 64 bits, change their types, and are bound on the way.
total = 0
i = 0
while i < 300:
    if i % 3 == 0:
        total += i * 2
    else:
        total -= 1
    i += 1
print(total, i)

big = 1
for k in range(200):
    big = big * 3 + k
print(big, k)

x = 1
for k in range(100):
    if k == 50:
        x = x / 3
    x += k
print(x)

y = 0.5
for k in range(150):
    y = 3.7 * y * (1 - y)
print(y)

a, b = 0, 1
for _ in range(90):
    a, b = b, a + b
print(a, b)

for k in range(120):
    if k % 40 == 7:
        late = k
    flag = k % 2 == 0
print(late, flag)

value = None
for k in range(90):
    if k == 30:
        value = k
    elif k == 60:
        value = str(k)
    elif k > 60:
        value += "."
print(value)

n = 27
steps = 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
print(steps)

rows = []
for i in range(12):
    row = []
    for j in range(12):
        cell = 0
        for k in range(12):
            cell += (i * k) % 7 * (k + j)
        row.append(cell)
    rows.append(row)
print(rows[3], rows[11][11], i, j, k, cell)

numbers = list(range(2, 120))
primes = []
for candidate in numbers:
    for p in primes:
        if candidate % p == 0:
            break
    else:
        primes.append(candidate)
print(primes, candidate, p)

text = ""
for c in "abc" * 40:
    text = c + text
print(text)

negative = -0.0
for k in range(60):
    negative = negative * 1.0
    smallest = min(negative, 0.0)
print(negative, smallest)
