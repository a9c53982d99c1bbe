# corpus: compiled=get,put
def get(a, i):
    return a[i]


def put(a, i, v):
    a[i] = v


data = [1, "two", 3.0, None]
for i in range(200):
    get(data, i % 4)
    put(data, 0, i)
print([get(data, i) for i in range(-4, 4)])
for i in (4, -5, 2**31, 2**63, -(2**63), 2**70):
    try:
        get(data, i)
    except IndexError as error:
        print("get", i, error)
    try:
        put(data, i, 0)
    except IndexError as error:
        print("put", i, error)
for i in ("0", 1.0, None):
    try:
        get(data, i)
    except TypeError as error:
        print(error)
put(data, True, "b"), put(data, -1, "last")
print(data)
