# corpus: compiled=drive
# A tool is switched off while functions do not run that announce their events: they announce nothing any more, wherever they are left.
import sys

log = []
turns = 0


def on_return(code, offset, value):
    log.append((turns, code.co_name))
    if len(log) % 3 == 0:
        sys.monitoring.set_events(2, 0)


def switch_on():
    sys.monitoring.set_events(2, sys.monitoring.events.PY_RETURN)


def nothing():
    pass


def tick():
    global turns
    turns += 1
    events[turns]()


def f(a):
    tick()
    return a


def items(a):
    yield f(a)
    yield a


def drive(n):
    for _ in range(n):
        try:
            f(1)
        except KeyError:
            pass
        try:
            sum(items(1))
        except KeyError:
            pass


events = {6: switch_on, 30: nothing, 31: nothing, 60: switch_on, 90: nothing, 91: nothing, 100: switch_on}
sys.monitoring.use_tool_id(2, "returns")
sys.monitoring.register_callback(2, sys.monitoring.events.PY_RETURN, on_return)
drive(100)
print(log)
