# corpus: compiled=Endless.__getitem__
# How deep a class written in Python can index itself: the specialised instruction does not count calls against the limit.


class Endless:
    def __getitem__(self, index):
        return self[index]


def depth(function):
    try:
        function()
    except RecursionError as error:
        frames, step = 0, error.__traceback__
        while step is not None:
            frames += 1
            step = step.tb_next
        return frames


endless = Endless()
print([depth(lambda: endless[1]) for _ in range(20)])
