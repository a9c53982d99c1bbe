# corpus: compiled=loop exit=-2 stderr
import signal


def loop(n):
    t = 0
    for i in range(n):
        t += i
        if i == 170:
            signal.raise_signal(signal.SIGINT)
    return t


print(loop(100), flush=True)
loop(200)
