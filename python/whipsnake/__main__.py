"""The command line: ``whipsnake run script.py``, ``bisect -- script.py``, ``options``, ``version``."""

import os
import sys

USAGE = """\
usage: whipsnake run [--stats] [--stats-json FILE] script.py [argument ...]
       whipsnake run [--stats] [--stats-json FILE] -m module [argument ...]
       whipsnake run [--stats] [--stats-json FILE] -c command [argument ...]
       whipsnake bisect [option ...] -- (script.py | -m module | -c command) [argument ...]
       whipsnake options
       whipsnake version

run      runs a program as python does, with hot code compiled; - stands for standard input
bisect   finds the compiled functions that make a program do something else; see whipsnake bisect --help
options  lists all options with their values and defaults
version  shows the versions and whether this Python is supported
"""


def main():
    arguments = sys.argv[1:]
    command = arguments[0] if arguments else None
    if command == "run":
        return run(arguments[1:])
    if command == "bisect":
        from whipsnake.bisection import main as bisect

        return bisect(arguments[1:])
    if command == "options" and len(arguments) == 1:
        return show_options()
    if command == "version" and len(arguments) == 1:
        return show_version()
    if command in ("-h", "--help", "help"):
        sys.stdout.write(USAGE)
        return 0
    problem = "unknown command %r\n" % command if command else ""
    sys.stderr.write(problem + USAGE)
    return 2


def fail(message):
    sys.stderr.write("whipsnake: %s\n" % message)
    return 2


def show_options():
    import whipsnake

    try:
        table = whipsnake.options()
    except (ValueError, RuntimeError) as error:
        return fail(error)
    for option in table.values():
        print("%s=%s" % (option["variable"], option["value"]))
        print("    %s (%s; default: %s)" % (option["doc"], option["takes"], option["default"] or "none"))
    print("WHIPSNAKE=0\n    Switches everything off, whatever else asks for it.")
    return 0


def show_version():
    import whipsnake

    reason = whipsnake._reason or whipsnake._native.unsupported()
    print("whipsnake %s" % whipsnake.__version__)
    print("%s %s: %s" % (sys.implementation.name, sys.version.split()[0], reason or "supported"))
    return 0 if reason is None else 1


def run(arguments):
    keywords = {}
    while arguments and arguments[0].startswith("--"):
        flag, given, value = arguments.pop(0).partition("=")
        if flag == "--stats" and not given:
            keywords["stats"] = True
        elif flag == "--stats-json" and (given or arguments):
            keywords["stats_json"] = value if given else arguments.pop(0)
        else:
            return fail("unknown or incomplete option %s of run; see whipsnake --help" % flag)
    kind = arguments[0] if arguments and arguments[0] in ("-m", "-c") else None
    if not arguments or (kind and len(arguments) < 2):
        return fail("run needs a script, -m module, -c command or -; see whipsnake --help")
    if arguments[0].startswith("-") and arguments[0] not in ("-m", "-c", "-"):
        return fail("unknown option %s of run; see whipsnake --help" % arguments[0])

    import whipsnake

    if whipsnake._native is None:
        return run_without(whipsnake._reason, arguments)
    prepared = {"-m": prepare_module, "-c": prepare_command}.get(kind, prepare_script)(whipsnake._native, arguments)
    if isinstance(prepared, int):
        return prepared
    fresh_main()
    # Last, so that nothing of this file is compiled.
    try:
        reason = whipsnake._start(keywords)
    except ValueError as error:
        return fail(error)
    if reason is not None:
        sys.stderr.write("whipsnake stays off: %s\n" % reason)
    execute, values = prepared
    status = execute(*values)
    return 0 if status is None else status


def run_without(reason, arguments):
    """Runs the program as it is, where there is no native part."""
    from subprocess import _args_from_interpreter_flags as flags

    sys.stderr.write("whipsnake stays off: %s\n" % reason)
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable] + flags() + arguments)


def fresh_main():
    """Gives the program a ``__main__`` of its own, as a new interpreter has it."""
    main = type(sys)("__main__")
    importer = sys.modules["_frozen_importlib"].BuiltinImporter
    names = {"__name__": "__main__", "__doc__": None, "__package__": None, "__loader__": importer, "__spec__": None}
    if sys.version_info < (3, 14):
        names["__annotations__"] = {}
    names["__builtins__"] = sys.modules["builtins"]
    main.__dict__.clear()
    main.__dict__.update(names)
    global _command_line
    _command_line = sys.modules["__main__"]
    sys.modules["__main__"] = main


def set_path(first):
    """Replaces what the command line put before the module path."""
    if not sys.flags.safe_path and sys.path:
        sys.path[0] = first


def prepare_command(native, arguments):
    """What runs a command, with its arguments, or the exit code of a command that cannot be run."""
    sys.argv[:] = ["-c"] + arguments[2:]
    set_path("")
    command = arguments[1]
    try:
        command.encode()
    except UnicodeEncodeError as error:
        sys.stderr.write("Unable to decode the command from the command line:\n%s: %s\n" % (type(error).__name__, error))
        return 1
    return native.run_command, (command if sys.version_info < (3, 14) else dedent(command),)


def dedent(text):
    """Takes from all lines what spaces and tabs they have in common, as python 3.14 does; blank lines become empty."""
    lines = text.split("\n")
    margin = os.path.commonprefix([line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip(" \t")])
    if not margin:
        return text
    return "\n".join(line[len(margin) :] if line.strip(" \t") else "" for line in lines)


def prepare_module(native, arguments):
    """The same for a module."""
    sys.argv[:] = ["-m"] + arguments[2:]
    set_path(os.getcwd())
    return native.run_module, (arguments[1], True)


def prepare_script(native, arguments):
    """The same for a script, a directory, an archive or standard input."""
    script = arguments[0]
    sys.argv[:] = arguments
    if script == "-":
        set_path("")
        return native.run_file, ("",)
    if os.path.isdir(script) or is_archive(script):
        place = absolute(script)
        if not sys.flags.safe_path and sys.path:
            sys.path[0] = place
        else:
            sys.path.insert(0, place)
        return native.run_module, ("__main__", False)
    set_path(os.path.dirname(os.path.realpath(script)))
    try:
        open(script, "rb").close()
    except OSError as error:
        sys.stderr.write("%s: can't open file %r: [Errno %d] %s\n" % (
            sys.executable, absolute(script), error.errno, os.strerror(error.errno)))
        return 2
    return native.run_file, (absolute(script),)


def absolute(script):
    """The path as python shows it: absolute, but not normalised."""
    return os.getcwd() if script == "." else os.path.join(os.getcwd(), script)


def is_archive(script):
    """True for a zip file, which python runs by its ``__main__``."""
    try:
        with open(script, "rb") as file:
            if file.read(4) == b"PK\x03\x04":
                return True
            file.seek(0, os.SEEK_END)
            size = file.tell()
            file.seek(max(0, size - 65557))
            return b"PK\x05\x06" in file.read()
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
