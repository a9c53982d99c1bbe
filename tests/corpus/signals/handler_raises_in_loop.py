# corpus: compiled=spin serial
import signal
import traceback


class Stop(Exception):
    pass


def handler(signum, frame):
    raise Stop(frame.f_code.co_name)


def spin(step):
    n = 0
    while True:
        n += step


def outer(step):
    try:
        spin(step)
    except Stop as stop:
        names = [f.name for f in traceback.extract_tb(stop.__traceback__)]
        return stop.args, names
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


signal.signal(signal.SIGALRM, handler)
for step in (1, 0.5, 2**62):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    print(outer(step))
