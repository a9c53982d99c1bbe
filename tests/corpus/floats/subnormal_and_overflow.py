# corpus: compiled=halve,double
def halve(x, n):
    for _ in range(n):
        x = x * 0.5
    return x


def double(x, n):
    for _ in range(n):
        x = x + x
    return x


for _ in range(40):
    halve(1.0, 10), double(1.0, 10)
print(repr(halve(1.0, 1022)), repr(halve(1.0, 1060)), repr(halve(1.0, 1074)), repr(halve(-1.0, 1075)))
print(repr(double(1.0, 1023)), repr(double(1.0, 1024)), repr(double(-1.0, 1100)))
print(repr(double(float("inf"), 3) - double(1.0, 1100)))
