"""Work shared out to a few processes.

Used by `measure` and `inspection`. A pipe filled at the start with the numbers of the tasks is the whole queue: whoever
is free reads the next one. Children are forked, so they know all that their parent knows, and hand back one value each;
they never outlive the block that started them. What the tasks are is not known here.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

from . import system

#: As many tasks as surely fit into a pipe at once, each a number of two bytes.
MOST_TASKS: Final = 2048
#: More processes than this wait for the disk, and for one another.
MOST: Final = 8
#: The environment variable that sets the number of processes.
VARIABLE: Final = "CTXSCAN_PROCESSES"


class Trouble(Exception):
    """A task met something that is to be looked at in order, by one process."""


def available() -> int:
    """How many processes this machine and the environment allow; 1 where forking is not safe."""
    if not system.FORKS or ("threading" in sys.modules and sys.modules["threading"].active_count() > 1):
        return 1
    if (given := os.environ.get(VARIABLE, "")).isdigit():
        return max(1, int(given))
    return min(system.processors(), MOST)


def idle(*_: object) -> None:
    """What a process does while others work, unless it has something to do."""


@contextmanager
def shared_out(
    tasks: int,
    processes: int,
    *,
    prepare: Callable[[int], None],
    work: Callable[[int], None],
    result: Callable[[], Any],
) -> Iterator[Callable[[], list[Any]]]:
    """Start to do `work` for every number below `tasks` in `processes` - 1 children. This process is free for other
    things until it calls what the block is given: then it does what is left, and has the children's answers.

    A child calls `prepare` first, with its number; its `result`, a value that can be marshalled, is its answer. The
    call raises `Trouble` if a child does; a bug in a child ends this process with the child's traceback.
    """
    if sys.platform == "win32":
        raise RuntimeError("no process can be forked here, and `available` says so")
    queue, filled = os.pipe()
    os.write(filled, b"".join(number.to_bytes(2, "big") for number in range(tasks)))
    os.close(filled)
    children: dict[int, int] = {}

    def finish() -> list[Any]:
        _work(queue, work)
        return [_answer(pid, children) for pid in list(children)]

    try:
        for number in range(processes - 1):
            read, write = os.pipe()
            pid = os.fork()
            if pid == 0:
                _child(queue, write, partial(prepare, number), work, result)
            os.close(write)
            children[pid] = read
        yield finish
    finally:
        os.close(queue)
        for pid, read in children.items():  # those that nobody has asked
            os.close(read)
            _end(pid)


def _end(pid: int) -> None:
    if sys.platform == "win32":
        return  # none was started
    import signal  # hardly ever wanted

    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _work(queue: int, work: Callable[[int], None]) -> None:
    while number := os.read(queue, 2):
        work(int.from_bytes(number, "big"))


def _child(
    queue: int, write: int, prepare: Callable[[], None], work: Callable[[int], None], result: Callable[[], Any]
) -> None:
    parent = os.getppid()

    def task(number: int) -> None:
        if os.getppid() != parent:
            os._exit(1)  # nobody waits for it any more
        work(number)

    try:
        prepare()
        _work(queue, task)
        answer: Any = (result(), None)
    except Trouble:
        answer = (None, None)
    except Exception:
        import traceback

        answer = (None, traceback.format_exc())
    except BaseException:
        os._exit(1)
    try:
        data = memoryview(marshal.dumps(answer))
        while data:
            data = data[os.write(write, data) :]
    finally:
        os._exit(0)


def _answer(pid: int, children: dict[int, int]) -> Any:
    # Read as it comes: the whole of it as bytes beside what it says would be as much again.
    with os.fdopen(children[pid], "rb", closefd=False) as file:
        try:
            answer, bug = marshal.load(file)
        except EOFError:  # it was ended
            answer, bug = None, None
    os.close(children.pop(pid))
    os.waitpid(pid, 0)
    if bug:
        raise RuntimeError(f"in a child process:\n{bug}")
    if answer is None:
        raise Trouble
    return answer
