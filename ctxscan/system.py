"""What the operating system offers: the one place where ctxscan tells Linux, macOS and Windows apart.

Each capability is a constant that is worked out once, from what Python's `os` has here, and read where it is used.
Where one is missing there is a plain path that gives the same answer with less speed or comfort. Tests set the
constants to take the plain path anywhere.
"""

from __future__ import annotations

import ntpath
import os
import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

#: Directories can be opened, listed and looked into by descriptor: no link is followed, and no path grows too long.
DESCRIPTORS: Final = os.scandir in os.supports_fd and os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
#: A process can be copied with all that it knows.
FORKS: Final = hasattr(os, "fork")
#: Extended attributes can be read.
ATTRIBUTES: Final = hasattr(os, "listxattr")
#: Files belong to users and groups that have numbers.
OWNERS: Final = hasattr(os, "geteuid") and hasattr(os, "chown")
#: Builders recognize the names of one file by its number. On Windows they do not, and send each as a file.
HARD_LINKS: Final = sys.platform != "win32"
#: What stands between the names of a path beside the slash, in the text of a link for one; "" if nothing does.
SEPARATOR: Final = "\\" if os.sep == "\\" else ""
#: A directory may be another one's second name. No builder enters such a one, which may lead in a circle.
JUNCTIONS: Final = sys.platform == "win32"
#: A program is looked for in the current directory, which may be a stranger's, before the directories of `PATH`.
HERE_FIRST: Final = sys.platform == "win32"
#: Paths of more than `SHORT` characters need another form.
LIMITED_PATHS: Final = os.sep == "\\"
SHORT: Final = 240

#: To open a directory, without following a link where the system can promise that.
OPEN_DIRECTORY: Final[int] = (
    os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
)
#: To open the directory that was asked for, which may be given as a link.
OPEN_ROOT: Final[int] = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
#: To read the bytes of a file as they are: no link is followed, and nothing waits for the other end of a fifo.
OPEN_FILE: Final[int] = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


#: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: either is enough to read (capabilities(7)).
_MAY_READ: Final = 1 << 1 | 1 << 2
#: What a process reads in its map of users outside any namespace (user_namespaces(7)).
_ALL_USERS: Final = ["0", "0", "4294967295"]


def user() -> int | None:
    """The number of the user whose rights this process has; None where users have none."""
    if sys.platform == "win32" or not OWNERS:
        return None
    return os.geteuid()


def reads_everything() -> bool:
    """Whether the modes of files do not keep this process from reading them: those of root do, where a container has
    taken the capabilities from it, or where it is root among the users of a namespace and a file is somebody else's."""
    return not user() and _is_full_root()


@cache
def _is_full_root() -> bool:
    if sys.platform != "linux":
        return True
    try:
        told = Path("/proc/self/status").read_text(encoding="utf-8")
        users = Path("/proc/self/uid_map").read_text(encoding="utf-8").split()
        effective = int(told.partition("\nCapEff:")[2].split(maxsplit=1)[0], 16)
    except (OSError, ValueError, IndexError):
        return False
    return bool(effective & _MAY_READ) and users == _ALL_USERS


def processors() -> int:
    """The processors that this process may use."""
    ask: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return os.cpu_count() or 1 if ask is None else len(ask(0))


def give(path: str, owner: int, group: int) -> bool:
    """Make a file that this process has made belong to somebody else, and return whether it now does.

    False where that was so before, or where files have no owners by number. Raises `OSError` where it is not allowed.
    """
    if sys.platform == "win32" or not OWNERS or (owner, group) == (os.geteuid(), os.getegid()):
        return False
    os.chown(path, owner, group)
    return True


def is_junction(path: str) -> bool:
    """Whether what looks like a directory is a junction. Raises `OSError` where nothing is."""
    if sys.platform != "win32":
        return False
    return JUNCTIONS and os.lstat(path).st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT


def copy_attributes(source: Path, target: Path) -> bool:
    """Give `target` the extended attributes of `source`; False where one of them cannot be given. A system without them
    has nothing to keep."""
    if sys.platform != "linux" or not hasattr(os, "listxattr"):
        return True
    try:
        names = os.listxattr(source)
    except OSError:
        return True
    for name in names:
        try:
            value = os.getxattr(source, name)
            if name not in os.listxattr(target) or os.getxattr(target, name) != value:
                os.setxattr(target, name, value)
        except OSError:
            return False
    return True


def runs(process: int) -> bool:
    """Whether a process of this number is there; True where that is not known."""
    if os.name == "nt":
        return True  # there, asking with a signal ends it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def program(name: str, *outside: str) -> str | None:
    """The absolute path of the program `name`, from the directories of `PATH` that lie neither in the working directory
    nor in one of `outside`: what the scanned tree brings along is not started, not even by a system that would look
    there first. None: there is none."""
    foreign = [os.path.realpath(each) for each in (os.curdir, *outside)]
    # Everything lies in the root; who works there trusts what it holds.
    foreign = [each for each in foreign if os.path.dirname(each) != each]  # noqa: PTH120
    return _program(f"{name}.exe" if HERE_FIRST else name, os.environ.get("PATH", os.defpath), tuple(foreign))


@cache
def _program(name: str, search: str, foreign: tuple[str, ...]) -> str | None:
    for directory in search.split(os.pathsep):
        place = Path(directory.strip('"'), name)
        if not place.is_absolute() or not place.is_file() or not os.access(place, os.X_OK):
            continue
        real = Path(os.path.realpath(place.parent))
        if not any(real.is_relative_to(each) for each in foreign):
            return str(place)
    return None


def located(root: str, path: str) -> str:
    """Where `path`, with slashes and relative to `root`, lies on disk."""
    if LIMITED_PATHS:
        absolute = str(Path(root).absolute())
        if len(absolute) + len(path) >= SHORT:
            return extended(absolute, path)
    return f"{root}/{path}" if path else root


def extended(root: str, path: str) -> str:
    r"""The form of a path below the absolute `root` that Windows takes without a limit of 260 characters: `\\?\C:\…`,
    `\\?\UNC\server\share\…` for a share.

    Source: "Maximum Path Length Limitation" in Microsoft's documentation of file systems.
    """
    place = ntpath.normpath(root)
    if not place.startswith(("\\\\?\\", "\\\\.\\")):
        place = f"\\\\?\\UNC\\{place[2:]}" if place.startswith("\\\\") else f"\\\\?\\{place}"
    # What follows is taken as it is: a name may end in a dot or a blank, which `normpath` would keep and Windows not.
    return place.rstrip("\\") + "\\" + path.replace("/", "\\") if path else place


def with_slashes(text: str) -> str:
    """A path or the text of a link as builders write it, with slashes between names on every system."""
    return text.replace(SEPARATOR, "/") if SEPARATOR else text
