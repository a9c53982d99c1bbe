# corpus: compiled=run
def run(n):
    t = 0
    scale = 2
    for i in range(n):
        if i % 50 == 3:
            t += eval("i * scale")
            exec("t = 10**9; fresh = 1")
        t += 1
    try:
        fresh
    except NameError as error:
        return t, str(error)


print(run(4), run(200))
