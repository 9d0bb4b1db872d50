"""Runs one command and tells what it took: SECONDS OUTPUT UNTIL PROGRAM ARGUMENT...

Prints wall and processor seconds, the peak memory of the command and our own in KiB, the 512-byte blocks it read from
disk, and its exit code. What it prints goes to the file OUTPUT. With UNTIL, a pattern, the clock stops at the output
that matches it (empty: at the end). After SECONDS it is killed. `measure` starts this for each run: the kernel reports
no peak below that of the process that started the command, so that one has to be small (`python -I -S`).
"""

import os
import signal
import sys
import time


def wait_for(pattern, reader, output):
    """Copies the pipe to the file until its end, and returns when `pattern` was first seen."""
    import re  # costs memory: only where it is needed

    found, seen, text = re.compile(pattern.encode(), re.M), None, b""
    while chunk := os.read(reader, 1 << 16):
        text += chunk
        if seen is None and found.search(text):
            seen = time.monotonic()
    os.write(output, text)
    return seen


def own_peak():
    """Not from `getrusage`, where our own starter's peak counts as well."""
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM:"))


def main(seconds, output, until, *command):
    kept = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    reader, writer = os.pipe() if until else (-1, kept)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_DUP2, writer, 2),
    ]
    start = time.monotonic()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(int(seconds))
    os.close(writer)
    seen = wait_for(until, reader, kept) if until else None
    _, status, used = os.wait4(pid, 0)
    wall = (seen or time.monotonic()) - start
    signal.alarm(0)
    code = os.waitstatus_to_exitcode(status)
    print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss, own_peak(), used.ru_inblock, code)


main(*sys.argv[1:])
