# corpus: compiled=lose
# Futures, tasks and coroutines that end in compiled code: whoever complains about them sees the frame that lost them.
import asyncio
import sys
import warnings

loop = asyncio.new_event_loop()
seen = []


def caller(depth):
    frame = sys._getframe(depth)
    while frame is not None and frame.f_code.co_filename != __file__:
        frame = frame.f_back
    return (frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_locals.get("step")) if frame else None


def handler(loop, context):
    seen.append((context["message"], caller(2)))


def shown(message, category, filename, lineno, file=None, line=None):
    seen.append((str(message).split("0x")[0], caller(2)))


loop.set_exception_handler(handler)
warnings.simplefilter("always")
warnings.showwarning = shown


async def answer(value):
    return value


async def forever():
    await asyncio.Future(loop=loop)


def done():
    f = asyncio.Future(loop=loop)
    f.set_result(1)
    return f


def failed():
    f = asyncio.Future(loop=loop)
    f.set_exception(ValueError("never asked for"))
    return f


def asked():
    f = failed()
    f.exception()
    return f


def pending():
    return asyncio.Future(loop=loop)


def never_initialised():
    return asyncio.Future.__new__(asyncio.Future)


def finished_task():
    task = loop.create_task(answer(1))
    loop.run_until_complete(task)
    return task


def finished():
    c = answer(1)
    try:
        c.send(None)
    except StopIteration:
        pass
    return c


def never_started():
    return answer(1)


def waiting():
    c = forever()
    c.send(None)
    return c


class Own(asyncio.Future):
    def __del__(self):
        seen.append(("Own", caller(2)))


def own():
    return Own(loop=loop)


def lose(make, step):
    x = make()
    y = [x, step]
    x = None
    y = step
    return y


makers = [done, failed, asked, pending, never_initialised, finished, never_started, waiting, own]
total = 0
for step in range(60):
    for make in makers:
        total += lose(make, step)
    if step % 6 == 0:
        total += lose(finished_task, step)
print(total, len(seen))
for entry in seen[:5] + seen[-5:]:
    print(entry)


def lose_pending_tasks(n):
    for step in range(n):
        task = loop.create_task(forever())
        loop.run_until_complete(answer(0))
        task._log_destroy_pending = step % 2 == 0
        asyncio.all_tasks(loop)
        loop.run_until_complete(answer(0))
        task = None
    return n


import gc

before = len(seen)
print(lose_pending_tasks(20))
gc.collect()
print(sorted({message for message, _ in seen[before:]}), len(seen) - before)
loop.close()
