# corpus: compiled=a,b,c exit=1 stderr
def a(n):
    return b(n) + 1


def b(n):
    return [c(i) for i in range(n)][-1]


def c(i):
    table = {k: k for k in range(20)}
    return table[i]


for n in range(100):
    a(10)
print("before")
a(25)
