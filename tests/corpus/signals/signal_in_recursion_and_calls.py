# corpus: compiled=fib,run serial
import signal

count = 0


def handler(signum, frame):
    global count
    count += 1
    if count == 4:
        signal.setitimer(signal.ITIMER_REAL, 0)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def run():
    total = 0
    while count < 4:
        total += fib(9)
    return total % 34


signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
print(run(), count >= 4)
