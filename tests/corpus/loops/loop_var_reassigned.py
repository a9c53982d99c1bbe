# corpus: compiled=run
def run(n):
    seen = []
    for i in range(n):
        seen.append(i)
        i = i * 10
        if i > 50:
            i = "text"
        seen.append(i)
    return seen, i


for _ in range(60):
    run(4)
print(run(8))


def after(n):
    for i in range(n):
        pass
    return i


for _ in range(100):
    after(5)
print(after(7))
try:
    after(0)
except UnboundLocalError as error:
    print(error)
