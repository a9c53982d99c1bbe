# corpus: compiled=work stderr
import threading


def work(n, bad):
    t = 0
    for i in range(n):
        if i == bad:
            raise ValueError(f"bad {i}")
        t += i
    return t


caught = []
threading.excepthook = lambda args: caught.append((args.exc_type.__name__, str(args.exc_value), args.exc_traceback.tb_next.tb_next.tb_lineno))
for bad in (50, 120, 999):
    t = threading.Thread(target=work, args=(200, bad))
    t.start()
    t.join()
print(caught)
threading.excepthook = threading.__excepthook__
t = threading.Thread(target=work, args=(200, 77), name="named")
t.start()
t.join()
