# corpus: compiled=spin,gen serial
import signal

ticks = []


def handler(signum, frame):
    if frame.f_code.co_name not in ("spin", "gen"):
        return
    ticks.append("x" in frame.f_locals or "total" in frame.f_locals)
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
