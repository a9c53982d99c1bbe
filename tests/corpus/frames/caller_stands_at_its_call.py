# corpus: compiled=f,g
# Inlined calls one after the other: whoever looks from the second one sees its caller there, and not at the first one.
import sys

whipsnake = sys.modules.get("whipsnake")
never = whipsnake.never if whipsnake else lambda function: function
asked = 0
ticks = 0
log = []


@never
def peek():
    """Looks seldom, so that compiled code goes on."""
    global asked
    asked += 1
    if asked % 50:
        return None
    frame, lines = sys._getframe(1), []
    while frame and len(lines) < 3:
        lines.append((frame.f_code.co_name, frame.f_lineno, frame.f_lasti))
        frame = frame.f_back
    return lines[:-1]


def tick():
    global ticks
    ticks += 1


def looks(a, b):
    tick()
    log.append(peek())
    return a


def f(a):
    tick()
    looks(a, b=2)
    tick()
    tick()
    return looks(b=a, a=1)


def g(a):
    for _ in range(2):
        tick()
        looks(a, 1)
    tick()
    return looks(1, a)


seen = []
for function in (f, g):
    for i in range(600):
        function(i)
        for found in log:
            if found is not None and found not in seen:
                seen.append(found)
        log.clear()
print(sorted(seen))
