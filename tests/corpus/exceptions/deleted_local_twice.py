# corpus: compiled=run,once
def run(n):
    raised = 0
    for i in range(n):
        x = i
        del x
        try:
            del x
        except UnboundLocalError:
            raised += 1
    return raised


def once(flag):
    x = 1
    if flag:
        del x
    return x


print(run(5), run(500))
for _ in range(200):
    once(False)
for _ in range(3):
    try:
        once(True)
    except UnboundLocalError as error:
        print(error, error.name)
print(once(False))
