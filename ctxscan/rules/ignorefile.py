"""Which ignore file counts, and what the builder reads in it.

It reads the one file that the builder would read, keeps its bytes as they are (a patch has to give every one of them
back), and makes rules of its lines. It judges no path.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from .. import system
from ..errors import CtxscanError
from ..printable import shown
from .builders import Builder
from .habits import encoding, hint

if TYPE_CHECKING:
    from .grammars import IgnorePattern

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: As many symlinks in a row as Linux follows.
MAX_LINKS: Final = 40
#: A larger file is no list that somebody wrote; a sparse one would fill the memory.
MOST_BYTES: Final = 16 << 20


class Rule(NamedTuple):
    """One pattern line: `line` counts from 1, `text` is the line as it stands, without its end and outer blanks."""

    line: int
    text: str
    pattern: IgnorePattern


class IgnoreFile(NamedTuple):
    """The ignore file in use. `path` is where it lies, `label` how it is called in messages (relative to the context
    where it lies inside), `data` its bytes. `foreign`: no line of it is shown, since a link has led to it that may lead
    anywhere; the texts of its rules are replaced."""

    path: Path
    label: str
    data: bytes
    rules: tuple[Rule, ...]
    foreign: bool = False

    @property
    def unquoted(self) -> IgnoreFile:
        """The same where nothing of it is to be shown."""
        rules = tuple(rule._replace(text="(not shown)") for rule in self.rules)
        return self._replace(rules=rules, foreign=True)


def find_ignore_file(context: Path, builder: Builder, *, dockerfile: Path | None) -> Path | None:
    """The ignore file that the builder takes, or None. `dockerfile` is None where it comes from standard input.

    A file beside the Dockerfile that is named after it wins over the one in the root, for the builders that know it;
    no other directory is looked at.
    """
    if dockerfile is not None:
        for ending in builder.own_endings:
            own = dockerfile.with_name(dockerfile.name + ending)
            found = followed(own, root_of(own, builder, context=context), builder)
            # As a directory it is passed over by the builder that treats an unreadable one as empty.
            as_directory = builder.unreadable_rules == "error"
            if found is not None and (found.is_file() or found.is_fifo() or (as_directory and found.is_dir())):
                return own
    for name in builder.root_files:
        found = followed(context / name, context, builder)
        if found is not None and found.exists():
            return context / name
    return None


def root_of(path: Path, builder: Builder, *, context: Path) -> Path:
    """The directory that is `/` to links in the ignore file at `path`."""
    return context if builder.own_below_context and path.is_relative_to(context) else path.parent


def load_ignore_file(path: Path, builder: Builder, *, context: Path, root: Path | None) -> IgnoreFile:
    """Read and parse the ignore file at `path`, with links in it followed as if `root` were the root directory; None:
    as the disk has them, for a file that was named. Raises `CtxscanError` with the builder's own words."""
    label = _label(path, context)
    try:
        data = read_bytes(path, builder, root=root)
    except OSError as error:
        if builder.unreadable_rules == "empty":
            data = b""
        else:
            words = (error.strerror or str(error)).lower()
            raise CtxscanError(f"error reading {label}: {words}", place=label) from None
    return parse_rules(data, builder, path=path, label=label)


def parse_rules(data: bytes, builder: Builder, *, path: Path, label: str) -> IgnoreFile:
    """The rules in `data`, as the builder's client and then the builder read them."""
    rules = []
    for number, raw in enumerate(data.split(b"\n"), 1):
        if builder.longest_line and len(raw) >= builder.longest_line:
            words = "failed to solve: failed parsing .dockerignore" if builder.header else "error reading .dockerignore"
            raise CtxscanError(f"{words}: bufio.Scanner: token too long", place=f"{label}:{number}")
        line = raw.removesuffix(b"\r")
        if number == 1 and builder.reads_mark:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if not line or line.startswith(b"#"):
            continue  # no rule to any builder, so that no grammar is imported for it
        from .grammars import PatternProblem

        # What is not UTF-8 arrives as U+FFFD, a byte at a time, where patterns travel as text; else the bytes stay.
        text = line.decode(errors="surrogateescape")
        read = builder.pattern.read(text)
        if read is None:
            continue
        if builder.header:
            read = "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c for c in read)
        try:
            pattern = builder.pattern.loaded(read)
        except PatternProblem as problem:
            said = text.strip()
            words = f"{builder.error_loading}{problem}: {shown(said)}{shown(hint(said))}"
            raise CtxscanError(words, place=f"{label}:{number}") from None
        if pattern.include is not None:
            rules.append(Rule(number, text.strip(), pattern))
    if builder.header:
        _check_header(rules, label, encoding(data))
    return IgnoreFile(path, label, data, tuple(rules))


def _check_header(rules: list[Rule], label: str, wrong: str | None) -> None:
    """Control characters cannot travel in a header, unless something in it is not ASCII: then all of it is encoded."""
    if all(rule.pattern.line.isascii() for rule in rules):
        for rule in rules:
            if any(c < " " or c == "\x7f" for c in rule.pattern.line):
                words = 'header key "exclude-patterns" contains value with non-printable ASCII characters'
                why = f"{'a tab' if chr(9) in rule.pattern.line else 'a control character'} is part of this rule"
                if wrong is not None:
                    why = f"the file is in {wrong}, of which builders know nothing: save it as UTF-8"
                elif "#" in rule.pattern.line:
                    why += ", and so is what follows it: a comment takes a separate line"
                raise CtxscanError(f"failed to solve: {words}: {why}", place=f"{label}:{rule.line}")


def read_bytes(path: Path, builder: Builder, *, root: Path | None) -> bytes:
    """The bytes of the ignore file, found through symlinks as the builder finds it. Raises `OSError`, and
    `CtxscanError` for what no builder comes to the end of."""
    found = path if root is None else followed(path, root, builder)
    if found is None:
        raise FileNotFoundError(2, "no such file or directory", str(path))
    mode = found.stat().st_mode
    if stat.S_ISFIFO(mode):
        raise CtxscanError("the ignore file is a named pipe: the builder would wait for it forever", place=str(path))
    if not stat.S_ISREG(mode):
        raise IsADirectoryError(21, "is a directory" if found.is_dir() else "not a regular file", str(path))
    with found.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise CtxscanError(f"the ignore file has more than {MOST_BYTES} bytes", place=str(path))
    return data


def followed(path: Path, root: Path, builder: Builder) -> Path | None:
    """The file that `path` below `root` leads to; None: nowhere."""
    return resolved(root, path.relative_to(root).as_posix()) if builder.links == "context" else path


def resolved(root: Path, name: str) -> Path | None:
    """`name` with every symlink in it followed as if `root` were the root directory; None: nothing there."""
    done: list[str] = []
    todo = name.split("/")
    links = 0
    while todo:
        part = todo.pop(0)
        if part == "..":
            done = done[:-1]
        elif part not in ("", "."):
            here = root.joinpath(*done, part)
            try:
                is_link = stat.S_ISLNK(here.lstat().st_mode)
            except OSError:
                return None
            if not is_link:
                done.append(part)
                continue
            links += 1
            if links > MAX_LINKS:
                return None
            target = system.with_slashes(str(here.readlink()))
            if target.startswith("/"):
                done = []
            todo = target.split("/") + todo
    return root.joinpath(*done)


def _label(path: Path, context: Path) -> str:
    return path.relative_to(context).as_posix() if path.is_relative_to(context) else str(path)
