# corpus: compiled=globally,cell,names
def globally(n):
    global made
    for i in range(n):
        made = i
        del made
    return n


def cell(n):
    x = 0

    def read():
        return x

    seen = []
    for i in range(n):
        x = [i]
        y = x
        del x
        seen.append(y[0])
        try:
            read()
        except NameError as error:
            message = str(error)
    return sum(seen), message


def names(n):
    for i in range(n):
        value = i
        del value
    try:
        del value
    except UnboundLocalError as error:
        return str(error)


class Loud:
    def __del__(self):
        print("gone", "made" in globals())


def drop():
    global made
    del made


for _ in range(300):
    globally(3)
    last = cell(3), names(3)
print(last)
made = Loud()
drop()
for _ in range(250):
    try:
        drop()
    except NameError as error:
        message = str(error), error.name
print(message)


def empty_cell(n):
    x = 1
    f = lambda: x
    for i in range(n):
        x = i
        if i == n - 1:
            del x
        try:
            del x
        except NameError as error:
            message = str(error), type(error).__name__
    return message


for _ in range(200):
    result = empty_cell(4)
print(result)

for number in range(600):
    temporary = number
    del temporary
try:
    del temporary
except NameError as error:
    print(error)

namespace = {}
exec(compile("for i in range(500):\n    v = i\n    del v\ntry:\n    del v\nexcept NameError as e: print(e)", "loop", "exec"), namespace)
print(sorted(k for k in namespace if not k.startswith("__")))


class Mapping(dict):
    def __delitem__(self, key):
        deleted.append(key)
        super().__delitem__(key)


deleted = []
exec(compile("for i in range(500):\n    v = i\n    del v", "loop", "exec"), {}, Mapping())
print(len(deleted), set(deleted))
