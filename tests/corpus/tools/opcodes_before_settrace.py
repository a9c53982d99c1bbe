# corpus: compiled=hot
"""`f_trace_opcodes` set before `sys.settrace`, as `pdb.set_trace` does: the instructions behind the call are traced."""
import sys
import pdb
import io


def stop(out):
    frame = sys._getframe().f_back

    def tracer(frame, event, argument):
        if frame.f_code.co_name in ("hot", "loop"):
            out.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return tracer

    sys.settrace(None)
    frame.f_trace = tracer
    frame.f_trace_opcodes = True
    sys.settrace(tracer)


def hot(n, out):
    x = n + 1
    if out is not None:
        stop(out)
    x += 2
    return x


def loop(n, out):
    total = 0
    for i in range(n):
        total += i
        if i == n - 2:
            stop(out)
    return total


for i in range(50):
    hot(i, None)
for function in (hot, loop):
    out = []
    function(9, out)
    sys.settrace(None)
    kinds = {kind for kind, _ in out}
    print(function.__name__, out[0], sorted(kinds), [line for kind, line in out if kind == "line"])


def generator(n):
    for i in range(n):
        yield i


def ends(n):
    return sum(x for x in generator(n)) + sum([x for x in generator(n)])


print([ends(5) for _ in range(30)][-1])


def debugged(n, debugger):
    x = n * 2
    if debugger:
        debugger.set_trace()
    x += 1
    return x


for i in range(50):
    debugged(i, None)
output = io.StringIO()
debugger = pdb.Pdb(stdin=io.StringIO("p x\nnext\np x\nnext\np x\ncontinue\n"), stdout=output, nosigint=True, readrc=False)
debugger.use_rawinput = False
print(debugged(20, debugger))
print([line.split(")", 1)[-1] if line.startswith(">") else line for line in output.getvalue().splitlines()])
