# corpus: compiled=spin,gen serial
import signal

ticks = []


def handler(signum, frame):
    if "x" not in frame.f_locals:
        return
    ticks.append(frame.f_code.co_name in ("spin", "gen"))
    if len(ticks) >= 5:
        signal.setitimer(signal.ITIMER_REAL, 0)


def gen():
    x = 0.5
    while True:
        yield x
        x = x * 0.99 + 0.1


def spin():
    total = 0.0
    for x in gen():
        total += x
        if len(ticks) >= 5:
            return total > 0.0


signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
print(spin(), ticks[:5])
