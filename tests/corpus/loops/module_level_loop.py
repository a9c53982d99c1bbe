# corpus: compiled=<module>
total = 0
seen = []
for i in range(500):
    total += i * 2
    if i % 100 == 0:
        seen.append((i, total))
    if i == 250:
        limit = 3
print(total, seen, i, limit)
x = 1
while x < 10**25:
    x = x * 7 + total
print(x)
del total
try:
    for k in range(300):
        if k == 200:
            total
except NameError as error:
    print(k, error)
