# corpus: compiled=build stderr
import faulthandler
import sys
import tracemalloc


def build(n):
    out = []
    for i in range(n):
        out.append([i])
        if i == 170:
            faulthandler.dump_traceback(all_threads=False)
    return out


build(100)
tracemalloc.start()
kept = build(150)
traces = [t for t in tracemalloc.take_snapshot().traces if t.traceback[0].filename == __file__]
lines = {}
for t in traces:
    lines[t.traceback[0].lineno] = lines.get(t.traceback[0].lineno, 0) + 1
print(lines.get(10, 0) >= 150, sorted(lines)[:3])
tracemalloc.stop()
build(200)
