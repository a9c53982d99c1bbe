# corpus: compiled=line
def line(name, n, x):
    return "%-8s|%5d|%8.3f|%s" % (name, n, x, [n])


for i in range(100):
    line("n", i, i / 7)
print(line("abc", 42, 3.14159), line(None, True, 2))
for bad in (("a", "x", 1), ("a", 1, None)):
    try:
        line(*bad)
    except TypeError as error:
        print(error)


def join(parts):
    return ",".join(str(p) for p in parts) + "-".join(["a"] * len(parts))


for _ in range(60):
    join([1, 2])
print(join([1, None, 2.5]), join([]))
try:
    ",".join(["a", 5])
except TypeError as error:
    print(error)
print("%(a)s %(b)05d" % {"a": 1, "b": 2}, "%%" % ())
