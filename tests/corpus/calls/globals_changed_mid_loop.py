# corpus: compiled=run,helper
K = 1


def helper(x):
    return x + K


def run(n):
    global K, helper
    t = 0
    for i in range(n):
        t += helper(i)
        if i == 50:
            K = 100
        if i == 70:
            K = 0.25
        if i == 80:
            helper, saved = (lambda x: -1), helper
        if i == 90:
            helper = saved
            del K
            K = 3
    return t


print(run(40))
print(run(100))
del K
try:
    run(1)
except NameError as error:
    print(error)
K = "s"
try:
    run(1)
except TypeError as error:
    print(error)
