# corpus: compiled=watched
# A tool watches one function, then gives its id back: the function is compiled like any other.
import sys

monitoring = sys.monitoring
lines = []


def watched(n):
    total = 0
    for i in range(n):
        total += i
    return total


monitoring.use_tool_id(2, "tool")
monitoring.register_callback(2, monitoring.events.LINE, lambda code, line: lines.append(line - code.co_firstlineno))
monitoring.set_local_events(2, watched.__code__, monitoring.events.LINE)
# Called from C, so that nothing inlines it.
list(map(watched, [3] * 40))
print(len(lines), sorted(set(lines)))
monitoring.set_local_events(2, watched.__code__, 0)
monitoring.free_tool_id(2)
for i in range(100):
    exec(f"def f{i}(x):\n    return x\nf{i}(1)")
print(sum(map(watched, range(100))), len(lines))
