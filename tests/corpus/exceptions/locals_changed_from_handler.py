# corpus: compiled=changed,through_traceback,later,unchanged
# Others look at the frame through the traceback while native code handles, and change locals.
import sys


def change(error, value):
    error.__traceback__.tb_frame.f_locals["total"] = value


def changed(n):
    total = 0
    for i in range(n):
        try:
            total += [1][i % 3]
        except IndexError as error:
            if i % 20 == 1:
                change(error, total + 1000)
            total += 1
    return total


def see(error):
    frame = error.__traceback__.tb_frame
    return frame.f_locals["total"], frame.f_lineno - frame.f_code.co_firstlineno, error.__traceback__.tb_lineno - frame.f_code.co_firstlineno


def through_traceback(n):
    total, seen = 0, []
    for i in range(n):
        try:
            total += [1][i % 3]
        except IndexError as error:
            seen.append(see(error))
        total += 1
    return total, seen[-2:]


KEPT = []


def later(n):
    total = 0
    for i in range(n):
        try:
            total += [1][i % 3]
        except IndexError as error:
            if not KEPT:
                KEPT.append(error)
        if i == n - 5:
            change(KEPT[0], 5)
        total += 1
    return total


def unchanged(n):
    total = 0
    try:
        raise KeyError(n)
    except KeyError as error:
        kept = error
    total += n
    return total, kept


for _ in range(3):
    print(changed(100), through_traceback(100))
    KEPT.clear()
    print(later(100), KEPT[0].__traceback__.tb_frame.f_locals["total"])
errors = [unchanged(i)[1] for i in range(60)]
print([error.__traceback__.tb_frame.f_locals["total"] for error in errors[-3:]], errors[9].__traceback__.tb_frame.f_back)
