# corpus: compiled=spin serial
import signal

hits = []


def handler(signum, frame):
    if "stop" not in frame.f_locals:
        return
    hits.append((frame.f_code.co_name, frame.f_locals["n"] >= 0))
    if len(hits) == 3:
        frame.f_locals["stop"] = True
        signal.setitimer(signal.ITIMER_REAL, 0)


def spin():
    n = 0
    stop = False
    while not stop:
        n += 1
    return n > 1000


signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
print(spin(), hits[:3])
