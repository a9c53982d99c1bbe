# corpus: compiled=f
"""What `sys.monitoring` says of the events of tools, also of the optimiser's; its answers look like the interpreter's own."""
import sys

monitoring = sys.monitoring
events = monitoring.events


def f(n):
    total = 0
    for i in range(n):
        total += i
    return total


class Number:
    def __index__(self):
        print("__index__")
        return 5


def ask(tool):
    try:
        return monitoring.get_events(tool)
    except Exception as error:
        return type(error).__name__, str(error)


def show():
    print([f(i) for i in range(60)][-1])
    print([ask(tool) for tool in (0, 1, 2, 3, 4, 5, 6, -1, 2**70, "5", 5.0, None, True, Number())])
    print(monitoring._all_events())


show()
monitoring.use_tool_id(2, "two")
monitoring.set_events(2, events.PY_START | events.JUMP | events.PY_RETURN)
show()
monitoring.set_events(2, events.PY_RETURN)
show()
monitoring.free_tool_id(2)
show()
for function in (monitoring.get_events, monitoring._all_events):
    print(function, function.__name__, function.__qualname__, function.__module__, function.__self__ is monitoring)
    print(type(function), function.__doc__, function.__text_signature__)
