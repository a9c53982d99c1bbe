# corpus: compiled=<module> exit=1 stderr
# Names of a module that are deleted, hidden and unbound while its loops run.
import builtins


def forget(name):
    del globals()[name]


log = []
for i in range(60):
    temporary = i
    log.append(temporary)
    del temporary
print(log[-1], "temporary" in globals())

value = 0
for i in range(60):
    try:
        value += 1
        if i % 20 == 5:
            forget("value")
    except NameError as error:
        print(i, error)
        value = i
print(value)

for i in range(50):
    if i % 10 == 0:
        value = i
    elif i % 10 == 5:
        del value
    try:
        log.append(value)
    except NameError as error:
        log.append(str(error))
print(log[60:])

sum = 0
for i in range(50):
    sum += i
print(sum)
for i in range(50):
    if i == 30:
        del sum
    if i >= 30:
        log.append(sum([i, 1]))
print(log[-3:])

length = 0
for i in range(60):
    if i == 40:
        len = lambda items: 100
    length += len("abc")
print(length)
del len

builtins.answer = 42
found = 0
for i in range(60):
    if i == 45:
        answer = 1
    found += answer
print(found)

for i in range(40):
    globals().update(found=i, **{f"name{i}": i})
    found += 1
print(found, name39)

try:
    for i in range(50):
        found = i
        if i == 33:
            missing += 1
except NameError as error:
    print(error, i, found, error.__traceback__.tb_lineno)
for i in range(30):
    found = i
    found += undefined
