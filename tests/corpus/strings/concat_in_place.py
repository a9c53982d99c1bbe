# corpus: compiled=build
def build(n):
    s = ""
    keep = []
    for i in range(n):
        s += chr(97 + i % 26)
        if i % 50 == 0:
            keep.append(s)
        t = s
        t += "!"
        if i == n - 1:
            keep.append(t)
    return s, keep


for _ in range(10):
    build(20)
s, keep = build(300)
print(len(s), [len(k) for k in keep], keep[-1][-3:], keep[1][:60])
x = "a"
for i in range(200):
    x = x + "é" if i == 100 else x + "b"
print(len(x), x[100:103])
try:
    x += 5
except TypeError as error:
    print(error)
