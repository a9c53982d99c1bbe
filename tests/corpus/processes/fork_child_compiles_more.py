# corpus: compiled=before
import os


def before(n):
    t = 0
    for i in range(n):
        t += i
    return t


def after(n):
    t = 1.0
    for i in range(n):
        t = t * 1.5 % 7.0
    return t


before(200)
r, w = os.pipe()
for k in range(3):
    pid = os.fork()
    if pid == 0:
        for _ in range(50):
            after(20)
        before.__code__ = before.__code__.replace()
        os.write(w, f"{k} {before(50)} {after(100)!r}\n".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    print(os.read(r, 1000).decode(), end="")
print(before(300), repr(after(100)))
