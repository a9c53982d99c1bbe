# corpus: compiled=compare,sort foreign-code
import ctypes

libc = ctypes.CDLL(None)
KIND = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))


def compare(a, b):
    calls.append(1)
    return a[0] - b[0]


def sort(values):
    array = (ctypes.c_int * len(values))(*values)
    libc.qsort(array, len(values), ctypes.sizeof(ctypes.c_int), callback)
    return list(array)


calls = []
callback = KIND(compare)
for _ in range(30):
    sort([3, 1, 2])
print(sort([(i * 37) % 50 for i in range(30)]), len(calls) > 30)
