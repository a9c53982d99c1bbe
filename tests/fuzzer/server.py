"""Runs programs, each in a process forked from this one: starting Python and the JIT happens once.

A request is a line on standard input: the program, the directory to run it in, files for its standard output and standard
error, seconds, megabytes that it may map, and a file for whipsnake's statistics or nothing, separated by tabs. The reply is a line with the exit code, negative for a signal,
or "timeout". The forked process ends as an interpreter ends, with all finalizers. With ``jit`` on the command line, whipsnake
is enabled when the server is ready, with the options of the environment, so that nothing but the programs is compiled.

What generated programs begin with is run once, before, and is not compiled, which would take longer than the rest. For the same
reason uncaught exceptions are not shown by the module `traceback`, but by hooks of this file. It imports little: what is imported
here takes time at the end of each program.
"""

import os
import resource
import select
import signal
import sys


class Server:
    """Forks a process per request; `serve` returns in the forked ones."""

    def __init__(self):
        self.requests, self.replies = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        self.pending = b""

    def request(self):
        """The fields of the next request; None at the end."""
        while b"\n" not in self.pending:
            piece = os.read(self.requests, 65536)
            if not piece:
                return None
            self.pending += piece
        line, _, self.pending = self.pending.partition(b"\n")
        return line.decode().split("\t")

    def serve(self):
        """Answers requests; returns None at their end, and the request in the process that is to run it."""
        while (request := self.request()) is not None:
            child = os.fork()
            if child == 0:
                os.close(self.requests)
                os.close(self.replies)
                return request
            status = wait(child, float(request[4]))
            os.write(self.replies, b"%s\n" % str(status).encode())
        return None


def wait(child, seconds):
    """The status of a process, which is killed at the time limit; what it has started ends with it."""
    handle = os.pidfd_open(child)
    ended, _, _ = select.select([handle], [], [], seconds)
    os.close(handle)
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if ended else "timeout"


def become(directory, stdout, stderr, megabytes):
    """Makes this process the one of a program."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm", "rb") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    limit = mapped + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for number, path in ((1, stdout), (2, stderr)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(directory)


class Prelude:
    """What generated programs begin with."""

    def __init__(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "prelude.py")
        with open(path, "rb") as file:
            self.text = file.read()
        self.names = {"__name__": "__main__"}
        exec(compile(self.text, path, "exec"), self.names)

    def functions(self):
        """Its functions and methods."""
        values = list(self.names.values())
        values += [member for value in values if isinstance(value, type) for member in vars(value).values()]
        return [value for value in values if type(value) is type(wait)]


def execute(path, prelude):
    """Runs a program as ``__main__``."""
    with open(path, "rb") as file:
        text = file.read()
    main = type(sys)("__main__")
    if text.startswith(prelude.text):
        main.__dict__.update(prelude.names)
        # The other lines keep their numbers.
        text = b"\n" * prelude.text.count(b"\n") + text[len(prelude.text) :]
    main.__dict__.update(__file__=path, __builtins__=sys.modules["builtins"])
    sys.modules["__main__"] = main
    sys.argv[:] = [path]
    sys.path[0] = os.path.dirname(path)
    exec(compile(text, path, "exec", dont_inherit=True), main.__dict__)


def leave_statistics(path):
    """Writes what whipsnake did, as JSON."""
    text = sys.modules["whipsnake"]._native.stats()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(file, (text or "").encode())
    os.close(file)


def show(kind, error, traceback):
    """Writes an exception with all places that it came through; a hook for uncaught ones."""
    text, depth = "", 0
    while error is not None and depth < 9:
        text += f"{type(error).__name__} {error}\n"
        step = error.__traceback__
        while step is not None:
            text += f"  {step.tb_frame.f_code.co_name} {step.tb_lineno} {step.tb_lasti}\n"
            step = step.tb_next
        error, depth = error.__cause__ or error.__context__, depth + 1
    sys.stdout.flush()
    sys.stderr.write(text)


def show_unraisable(details):
    """A hook for exceptions that cannot be raised."""
    show(details.exc_type, details.exc_value, details.exc_traceback)


def enable(prelude):
    """Switches whipsnake on for the programs."""
    import whipsnake

    whipsnake.enable()
    for function in (Server.request, Server.serve, wait, become, execute, leave_statistics, show, show_unraisable, *prelude.functions()):
        whipsnake.never(function)
    # Compiled here, not in each program's process.
    os.path.dirname("/")


if __name__ == "__main__":
    own_main = sys.modules["__main__"]
    harness = Prelude()
    sys.excepthook, sys.unraisablehook = show, show_unraisable
    if sys.argv[1:] == ["jit"]:
        enable(harness)
    if (order := Server().serve()) is not None:
        become(*order[1:4], int(order[5]))
        try:
            execute(order[0], harness)
        finally:
            if order[6]:
                leave_statistics(order[6])
