# corpus: compiled=made,returned
# A function that nobody else refers to raises: its frame, kept by the traceback, has it for as long as it needs it.
import gc


def made(x):
    def unused(r=(lambda s: s + s + x)(None)):
        pass


def maker(k):
    def inner(s):
        return s + s + k

    return inner


def returned(x):
    return maker(x)(None)


def named(x):
    helper = lambda s: s + x
    return helper(None)


def frames(error):
    found, at = [], error.__traceback__.tb_next
    while at:
        found.append((at.tb_frame.f_code.co_name, at.tb_lineno, at.tb_lasti, sorted(at.tb_frame.f_locals.items(), key=str)[:2]))
        at = at.tb_next
    return [(name, line, last, [(key, value if type(value) is int else type(value).__name__) for key, value in local]) for name, line, last, local in found]


kept = []
for function in (made, returned, named):
    seen = []
    for i in range(120):
        try:
            function(7)
        except TypeError as error:
            now = frames(error)
            if now not in seen:
                seen.append(now)
            if i % 20 == 0:
                kept.append(error)
    gc.collect()
    print(function.__name__, seen)
gc.collect()
print(len({str(frames(error)) for error in kept}))
kept.clear()
gc.collect()
