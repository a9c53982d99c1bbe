# corpus: compiled=loop
import signal


def loop(n, at):
    t = 0
    try:
        for i in range(n):
            t += i
            if i == at:
                signal.raise_signal(signal.SIGINT)
            t += 1
    except KeyboardInterrupt as error:
        return "interrupted", i, t, type(error).__name__
    return t


loop(100, -1)
print(loop(300, 200), loop(50, -1))
caught = []
signal.signal(signal.SIGINT, lambda s, f: caught.append((s, f.f_code.co_name, f.f_lineno)))
print(loop(300, 250), caught)
