# corpus: compiled=looped
# A local that is unbound whenever native code goes on with the generator, until it is not; destructors may look at the frame meanwhile.
def locals_of(error):
    return sorted(error.__traceback__.tb_next.tb_frame.f_locals)
def attempt(function, row):
    try:
        result = function(*row)
        result = [item for _, item in zip(range(6), result)]
    except Exception as error:
        return locals_of(error)
class Settable:
    pass
class Loud:
    def __init__(self, name):
        pass
    def __del__(self):
        pass
def looped(a, b, c):
    try:
        b.x = 3
    except AttributeError as error:
        kept = 0
        while kept:
            kept += 1
    for s in range(5):
        Loud('L21')
        d = (yield s)
    u = C8
for i in range(300): attempt(looped, (2.0, Settable, float))
print(attempt(looped, (float, print, 0j)))
print(attempt(looped, (float, Settable, 0j)))
