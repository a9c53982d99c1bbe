# corpus: needs=_testcapi skip-modes=exit1,exit7,exitrand
"""An error leaves a compiled loop while there is no memory for its frame object and traceback."""
import _testcapi


def grow(n):
    caught = 0
    for i in range(n):
        data = bytearray(b"0123456789")
        try:
            _testcapi.set_nomemory(0)
            data.extend(data)
        except MemoryError:
            _testcapi.remove_mem_hooks()
            caught += 1
    return caught


# Called from C, so that it is not inlined: there would be no memory for the iterators of both frames.
print(list(map(grow, [4] * 30))[-1])
