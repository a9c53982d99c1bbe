# corpus: compiled=drop_operands,drop_exception,drop_locals,watching
# Destructors that run while an exception is on its way, when it is forgotten, and what they see.
import sys


class Loud:
    def __init__(self, name, log):
        self.name, self.log = name, log

    def __del__(self):
        frame = sys._getframe(1)
        self.log.append((self.name, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, repr(sys.exception())))

    def __add__(self, other):
        raise KeyError(self.name)


class Dying(Exception):
    def __del__(self):
        at, lines = self.__traceback__, []
        while at:
            lines.append((at.tb_frame.f_code.co_name, at.tb_lineno - at.tb_frame.f_code.co_firstlineno))
            at = at.tb_next
        LOG.append(lines)


LOG = []


def drop_operands(n):
    log = []
    for i in range(n):
        try:
            [Loud("in list", log), Loud("left", log) + Loud("right", log)]
        except KeyError:
            log.append("handler")
    return log[-4:]


def drop_exception(n):
    for i in range(n):
        try:
            raise Dying(i)
        except Dying:
            pass
    return len(LOG), LOG[-1]


def fail(log):
    local = Loud("local of callee", log)
    raise KeyError(log)


def drop_locals(n):
    log = []
    for i in range(n):
        try:
            fail(log)
        except KeyError as error:
            log.append("handler")
        log.append("behind")
    return log[-3:]


def watching(n):
    log = []
    value = None
    for i in range(n):
        try:
            value = [][i]
        except IndexError:
            value = Loud(i, log)
    return len(log), log[-1:]


for _ in range(3):
    print(drop_operands(40))
    print(drop_exception(40))
    print(drop_locals(40))
    print(watching(40))
