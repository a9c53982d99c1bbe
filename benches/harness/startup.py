"""Measures how long commands take to start, in turn: CPU milliseconds of each run, as JSON.

usage: startup.py ROUNDS COMMANDS, where COMMANDS is a JSON list of {"words": [...], "variables": {...}}
"""

import json
import os
import sys


def cpu_milliseconds(command):
    words = command["words"]
    child = os.posix_spawnp(words[0], words, os.environ | command["variables"])
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{command} ended with status {os.waitstatus_to_exitcode(status)}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def main(rounds, commands):
    for command in commands:
        cpu_milliseconds(command)
    times = [[] for _ in commands]
    for _ in range(rounds):
        for command, found in zip(commands, times):
            found.append(cpu_milliseconds(command))
    print(json.dumps(times))


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
