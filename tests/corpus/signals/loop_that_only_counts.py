# corpus: compiled=spin,count serial
"""Loops that store nothing and call nothing see that a signal or another thread wants attention, in functions entered natively too."""
import signal
import threading


def spin(flag):
    n = 0
    while not flag:
        n = (n + 1) & 1023
    return 0 <= n < 1024


def count(limit):
    i = 0
    while i < limit:
        i += 1
    return i


class Stop(Exception):
    pass


def stop(number, frame):
    raise Stop(frame.f_code.co_name)


for _ in range(60):
    spin([1]), count(50)

flags = []
signal.signal(signal.SIGALRM, lambda number, frame: flags.append(number))
for _ in range(3):
    flags.clear()
    signal.setitimer(signal.ITIMER_REAL, 0.03)
    print(spin(flags), len(flags))

signal.signal(signal.SIGALRM, stop)
for _ in range(3):
    signal.setitimer(signal.ITIMER_REAL, 0.03)
    try:
        count(10**15)
    except Stop as error:
        print("stopped in", error)

for _ in range(3):
    flags.clear()
    thread = threading.Timer(0.03, flags.append, (1,))
    thread.start()
    print(spin(flags), len(flags))
    thread.join()
