# corpus: compiled=run
import contextlib


@contextlib.contextmanager
def tag(name, log):
    log.append("<" + name)
    try:
        yield name.upper()
    except KeyError as error:
        log.append(repr(error))
    finally:
        log.append(name + ">")


def run(n, fail):
    log = []
    for i in range(n):
        with tag("a", log) as a, contextlib.suppress(ZeroDivisionError):
            if i == fail:
                {}[a]
            1 // (i % 3)
            log.append(i)
    with contextlib.ExitStack() as stack:
        for i in range(3):
            stack.callback(log.append, i)
        stack.enter_context(tag("s", log))
    return log


for _ in range(30):
    run(3, -1)
print(run(3, -1))
print(run(4, 2))
import io

out = io.StringIO()
with contextlib.redirect_stdout(out):
    for i in range(100):
        print(i, end=",")
print(len(out.getvalue()))
