# corpus: needs=ctypes skip-modes=background,default foreign-code
"""Another user of code objects' extra slots hears of the code objects that it marked, and of no others."""
import ctypes

freed = []
FREE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


@FREE
def free(pointer):
    freed.append(pointer)


prefix = "PyUnstable_Eval_" if hasattr(ctypes.pythonapi, "PyUnstable_Eval_RequestCodeExtraIndex") else "_PyEval_"
request = getattr(ctypes.pythonapi, prefix + "RequestCodeExtraIndex")
request.argtypes = (FREE,)
request.restype = ctypes.c_ssize_t
set_extra = getattr(ctypes.pythonapi, prefix.replace("Eval", "Code") + "SetExtra")
set_extra.argtypes = (ctypes.py_object, ctypes.c_ssize_t, ctypes.c_ssize_t)
set_extra.restype = ctypes.c_int
get_extra = getattr(ctypes.pythonapi, prefix.replace("Eval", "Code") + "GetExtra")
get_extra.argtypes = (ctypes.py_object, ctypes.c_ssize_t, ctypes.POINTER(ctypes.c_void_p))
get_extra.restype = ctypes.c_int
index = request(free)


def make(marked):
    space = {}
    exec("def f(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total", space)
    f = space["f"]
    if marked == "before":
        set_extra(f.__code__, index, 17)
    results = [f(n) for n in range(40)]
    if marked == "after":
        set_extra(f.__code__, index, 18)
    results += [f(n) for n in range(40)]
    value = ctypes.c_void_p(0)
    get_extra(f.__code__, index, value)
    total = sum(results)
    space.clear()
    del f
    return total, value.value, freed


for marked in ("no", "before", "no", "after", "no"):
    print(marked, *make(marked))
