# corpus: compiled=main.<locals>.work
def run(coro):
    trace = []
    try:
        value = None
        while True:
            value = coro.send(value)
            trace.append(value)
            value = len(trace)
    except StopIteration as stop:
        return trace, stop.value


class Pause:
    def __init__(self, tag):
        self.tag = tag

    def __await__(self):
        got = yield self.tag
        return got


async def agen(n):
    for i in range(n):
        await Pause(("agen", i))
        yield i


async def main(n):
    def work(x):
        return x * 2 + 1

    total = 0
    for i in range(n):
        total += work(i)
        if i % 50 == 0:
            total += await Pause(i)
    async for x in agen(3):
        total += x
    items = [x async for x in agen(2)]
    return total, items


print(run(main(200)))
import asyncio


async def amain():
    async def sleeper(i):
        for _ in range(20):
            await asyncio.sleep(0)
        return i

    return await asyncio.gather(*(sleeper(i) for i in range(5)))


print(asyncio.run(amain()))
