"""The files of a commit laid out in an empty directory, with what git says about them, and without a checkout.

Git is only asked for trees and contents: no filter, hook or attribute of the repository has a say, nothing is written
outside of that directory, and nothing in it is a link while files are written. A commit may be a stranger's.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

from ..errors import CtxscanError
from .command import ask, environment, locked_down

#: Timeouts of git for the list of files and for their contents, in seconds.
LISTING_SECONDS: Final = 60
READING_SECONDS: Final = 300
#: A commit with more files than this, or more bytes in them, is not laid out.
MOST_FILES: Final = 300_000
MOST_BYTES: Final = 4 << 30
#: Nobody looks into larger files: they are there with their size, and hold zeros.
LARGE: Final = 8 << 20

_LINK: Final = "120000"
_EXECUTABLE: Final = "100755"
_SUBMODULE: Final = "160000"


class _File(NamedTuple):
    mode: str
    id: str
    size: int
    path: str


def commit_of(root: str, revision: str) -> str | None:
    """The name of the commit that a revision means; None: there is none, or git cannot tell."""
    if revision.startswith("-") or not revision.isprintable():
        return None
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    said = ask(root, root, *words, seconds=LISTING_SECONDS)
    return None if said is None else said.decode().strip()


def lay_out(root: str, commit: str, into: Path) -> None:
    """Write the files of a commit of the repository at `root` below the directory `into`, and a repository around them
    that knows them as tracked. Raises `CtxscanError` where git fails, or there is too much."""
    files = _listed(root, commit)
    if len(files) > MOST_FILES or sum(each.size for each in files) > MOST_BYTES:
        raise CtxscanError(f"the commit has more than {MOST_FILES} files or {MOST_BYTES} bytes")
    contents: dict[str, list[_File]] = {}
    links: list[_File] = []
    for each in files:
        if each.mode == _SUBMODULE:
            (into / each.path).mkdir(parents=True, exist_ok=True)
        elif each.size > LARGE:
            with _created(into, each).open("wb") as stream:
                stream.truncate(each.size)
        else:
            contents.setdefault(each.id, []).append(each)
    for name, data in _read(root, contents):
        for each in contents[name]:
            if each.mode == _LINK:
                links.append(each._replace(id=os.fsdecode(data)))
            else:
                _write(_created(into, each), data, executable=each.mode == _EXECUTABLE)
    for each in links:
        with suppress(OSError):  # no such links here: then it is missing, as in a checkout
            _created(into, each).symlink_to(each.id)
    _make_repository(root, commit, into)


def _listed(root: str, commit: str) -> list[_File]:
    said = ask(root, root, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, seconds=LISTING_SECONDS)
    if said is None:
        raise CtxscanError("git does not tell what is in the commit")
    return [each for entry in filter(None, said.split(b"\0")) if (each := _file(entry)) is not None]


def _file(entry: bytes) -> _File | None:
    """An entry of `ls-tree`; None: its path leads elsewhere, or into a repository."""
    head, _, path = entry.partition(b"\t")
    mode, _, name, size = head.decode().split()
    text = os.fsdecode(path)
    parts = text.split("/")
    foreign = any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
    if foreign or (os.sep != "/" and (os.sep in text or ":" in text)):
        return None
    return _File(mode, name, int(size) if size.isdigit() else 0, text)


def _created(into: Path, each: _File) -> Path:
    place = into / each.path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _write(place: Path, data: bytes, *, executable: bool) -> None:
    place.write_bytes(data)
    if executable:
        place.chmod(0o755)


def _read(root: str, contents: Mapping[str, object]) -> Iterator[tuple[str, bytes]]:
    """The contents with these names."""
    words = locked_down(root, root, "cat-file", "--batch", "--buffer")
    if words is None:
        raise CtxscanError("there is no git")
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    )
    timer = threading.Timer(READING_SECONDS, process.kill)
    writer = threading.Thread(target=_ask_for, args=(process.stdin, tuple(contents)), daemon=True)
    timer.start()
    writer.start()
    try:
        stream = process.stdout
        if stream is None:
            return
        for name in contents:
            head = stream.readline().split()
            if len(head) != 3 or head[1] != b"blob":
                raise CtxscanError("git does not give all contents of the commit")
            data = stream.read(int(head[2]))
            if stream.read(1) != b"\n":
                raise CtxscanError("git does not give all contents of the commit")
            yield name, data
    finally:
        timer.cancel()
        process.kill()
        writer.join()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()


def _ask_for(stream: IO[bytes], names: Iterable[str]) -> None:
    with suppress(OSError, ValueError):  # whoever reads has gone
        stream.write(b"".join(f"{name}\n".encode() for name in names))
        stream.close()


def _make_repository(root: str, commit: str, into: Path) -> None:
    """A `.git` with the objects of the other one, in which all files of the commit are tracked."""
    objects = ask(root, root, "rev-parse", "--git-path", "objects", seconds=LISTING_SECONDS)
    form = ask(root, root, "rev-parse", "--show-object-format", seconds=LISTING_SECONDS)
    if objects is None:
        return
    git = into / ".git"
    (git / "objects" / "info").mkdir(parents=True)
    (git / "refs").mkdir()
    place = os.path.normpath(os.path.join(root, os.fsdecode(objects).rstrip("\n")))  # noqa: PTH118
    (git / "objects" / "info" / "alternates").write_bytes(os.fsencode(place) + b"\n")
    sha256 = form is not None and form.strip() == b"sha256"
    extension = "[extensions]\n\tobjectformat = sha256\n" if sha256 else ""
    (git / "config").write_text(f"[core]\n\trepositoryformatversion = {int(sha256)}\n\tbare = false\n{extension}")
    (git / "HEAD").write_text(f"{commit}\n")
    ask(str(into), str(into), "read-tree", commit, seconds=LISTING_SECONDS)
