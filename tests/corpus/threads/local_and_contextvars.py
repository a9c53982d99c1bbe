# corpus: compiled=work,nested
import contextvars
import threading

var = contextvars.ContextVar("var", default=0)
local = threading.local()


def work(n):
    local.n = 0
    for i in range(n):
        local.n += var.get() + 1
        token = var.set(var.get() + 1)
        if i % 2:
            var.reset(token)
    return local.n, var.get()


def nested(n):
    out = []
    for i in range(n):
        context = contextvars.copy_context()
        out.append(context.run(work, 3))
    return out[-1], var.get()


results = []
t = threading.Thread(target=lambda: results.append(work(100)))
t.start()
t.join()
print(results, work(60), nested(50), hasattr(local, "n"))
