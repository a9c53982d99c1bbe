# corpus: needs=_testinternalcapi compiled=function,loop
"""Somebody who evaluates frames in the interpreter's place (PEP 523) hears of each call, also of those in a running loop."""
import _testinternalcapi


def inner(n=42):
    return n


def generator(n):
    yield n
    yield from (n + 1, n + 2)


class Attributes:
    @property
    def computed(self):
        return inner()

    def __getitem__(self, key):
        return key


def function(n):
    inner()
    things = Attributes()
    return sum(generator(n)) + things.computed + things[n]


def loop(rounds, start, stop, calls):
    results = []
    for i in range(rounds):
        if i == start:
            _testinternalcapi.set_eval_frame_record(calls)
        results.append(function(i))
        if i == stop:
            _testinternalcapi.set_eval_frame_default()
    return sum(results)


def switch_on(calls):
    _testinternalcapi.set_eval_frame_record(calls)


def below(rounds, start, stop, calls):
    for i in range(rounds):
        if i == start:
            switch_on(calls)
        function(i)
        if i == stop:
            _testinternalcapi.set_eval_frame_default()


for start, stop in ((20, 22), (0, 1), (45, 45), (3, 30)):
    calls = []
    print(loop(60, start, stop, calls), len(calls), calls[:14])
for start, stop in ((20, 22), (0, 1)):
    calls = []
    below(60, start, stop, calls)
    print(len(calls), calls[:15])
