# corpus: compiled=loop
import sys

mon = sys.monitoring
E = mon.events
jumps = []


def loop(n):
    t = 0
    while n > 0:
        n -= 1
        if n % 2:
            continue
        t += n
    return t


loop(100)
mon.use_tool_id(0, "dbg")
mon.register_callback(0, E.JUMP, lambda code, a, b: jumps.append((a, b)) if code is loop.__code__ else None)
mon.set_local_events(0, loop.__code__, E.JUMP)
print(loop(6), len(jumps), all(a > b for a, b in jumps))
mon.set_local_events(0, loop.__code__, 0)
print(loop(100), len(jumps), mon.get_tool(0))
mon.free_tool_id(0)
