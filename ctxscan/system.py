"""What the operating system offers: the one place where ctxscan tells Linux, macOS and Windows apart.

Each capability is a constant that is worked out once, from what Python's `os` has here, and read where it is used.
Where one is missing there is a plain path that gives the same answer with less speed or comfort. Tests set the
constants to take the plain path anywhere.
"""

from __future__ import annotations

import errno
import ntpath
import os
import stat
import sys
from collections.abc import Callable
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


def user() -> int | None:
    """The number of the user whose rights this process has; None where users have none."""
    if sys.platform == "win32" or not OWNERS:
        return None
    return os.geteuid()


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


def program(name: str) -> str:
    """What to start as `name`: never one that lies in the current directory. Raises `OSError` if `PATH` has none."""
    if not HERE_FIRST:
        return name
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        place = Path(directory.strip('"'), f"{name}.exe")
        if place.is_absolute() and place.is_file():
            return str(place)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)


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
