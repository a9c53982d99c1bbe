# corpus: compiled=run
import gc

log = []


def watch(phase, info):
    if phase == "start" and len(log) < 10000:
        log.append(info["generation"])


def run(n):
    keep = []
    t = 0
    for i in range(n):
        x = [i]
        x.append(x)
        t += len(x)
    return t


gc.collect()
gc.callbacks.append(watch)
print(run(100), run(3000))
gc.callbacks.remove(watch)
print(len(log) > 0, set(log) <= {0, 1, 2})
