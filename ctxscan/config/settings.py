"""What a project has settled: `[tool.ctxscan]` in `pyproject.toml`, or `.ctxscan.toml`, as one checked object.

It finds the file and refuses what it does not know; what the settings do is the business of those that read them.
"""

import os
import re
import stat
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, cast

from ..errors import CtxscanError, nearest
from ..findings import SEVERITIES, Finding, Severity
from ..regex import lazy
from ..rules.builders import BUILDERS
from .allow import Allow, glob_of, quoted
from .gate import CONSENTS
from .places import PROJECT_FILE, candidates, repository

#: A larger file is no configuration.
MAX_BYTES: Final = 4 * 1024 * 1024
#: The findings that are made here, and what they say.
CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    "expired-allow": (
        "warning",
        "An entry of the configuration that allowed a finding has expired, and what it allowed counts again.",
    ),
    "unused-allow": ("note", "An entry of the configuration allows a finding that is not there, or no longer."),
    "unused-ignore": (
        "warning",
        "A comment `# ctxscan: ignore[code] reason` ignores a finding that is not there, or does not count.\n\n"
        "It is on a separate line directly above the instruction or rule that it is about, or inside an "
        "instruction of several lines, and it names the code and a reason. A note where there is no such finding, a "
        "warning where the comment itself is wrong.",
    ),
    "unused-baseline": ("note", "A finding that the baseline knows is no longer there: write the baseline again."),
    "untrusted-configuration": (
        "warning",
        "The configuration lies in what is checked, and asks for something that only a trusted one may decide.\n\n"
        "With --check, a configuration can hide secrets, or choose the builder, only if it is named with --config or "
        "is the same in the commit that --trusted names. Otherwise a pull request could switch off the gate it has "
        "to pass. Name the builder with --builder.",
    ),
}
_UNITS: Final[Mapping[str, int]] = {
    "": 1,
    "b": 1,
    **{f"{letter}b": 1000 ** (at + 1) for at, letter in enumerate("kmgt")},
} | {f"{letter}ib": 1024 ** (at + 1) for at, letter in enumerate("kmgt")}
_UNIT_NAMES: Final = "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB"
T = TypeVar("T")
_SIZE: Final = lazy(r"(\d{1,18})(?:\.(\d{1,9}))?[ \t]*([A-Za-z]*)", re.ASCII)


class Config(NamedTuple):
    """The settings; None and empty: nothing is said. Sizes are in bytes. `file` is where they come from, relative to
    the context; each other field is a key of the file, with hyphens. `trusted`: whoever runs the check vouches for it,
    so it may hide secrets and choose the builder."""

    file: str | None
    builder: str | None
    fail_on: Severity | None
    max_size: int | None
    large_directory: int | None
    disable: tuple[str, ...]
    apply_cautions: tuple[str, ...]
    with_: tuple[str, ...]
    allow: tuple[Allow, ...]
    trusted: bool = True


class Allowed(NamedTuple):
    """A finding that stands without counting, and the entry that lets it."""

    finding: Finding
    entry: Allow

    @property
    def reason(self) -> str:
        return self.entry.reason


NOTHING: Final = Config(None, None, None, None, None, (), (), (), ())
KEYS: Final = tuple(name.rstrip("_").replace("_", "-") for name in Config._fields if name not in ("file", "trusted"))
ALLOW_KEYS: Final = tuple(name for name in Allow._fields if name != "line")


def size(text: str) -> int:
    """`50MB`, `200KiB`, `1.5 GB` or `1000` in bytes, rounded down. Raises `CtxscanError`."""
    match = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(match[3].lower()) if match else None
    if match is None or unit is None:
        hint = ""
        if match and match[3].lower() in ("k", "m", "g", "t"):
            letter = match[3].upper()
            hint = f" (is it {'k' if letter == 'K' else letter}B, powers of 1000, or {letter}iB, powers of 1024?)"
        raise CtxscanError(f"invalid size {quoted(text)}: use a number with an optional unit ({_UNIT_NAMES}){hint}")
    billionths = int((match[2] or "").ljust(9, "0"))
    return int(match[1]) * unit + billionths * unit // 10**9


# --- finding and reading the file -----------------------------------------------------------------------------------


def load_config(
    context: str | os.PathLike[str],
    *,
    codes: Callable[[], Collection[str]],
    file: str | os.PathLike[str] | None = None,
) -> Config:
    """The settings for builds of the directory `context`: from `file`, or from the nearest file between it and the root
    of its repository, or `NOTHING`. `codes` gives those of all findings there are, and is asked only if there is a
    file. Raises `CtxscanError`."""
    start = Path(context).resolve()
    if file is not None:
        path = Path(file)
        found = _table(path, name=str(path), given=True)
        if found is None:
            raise CtxscanError("there is no [tool.ctxscan] in it", place=str(path))
        return _config(found, place=str(path), label=_relative(path.resolve(), start), codes=codes)
    root = repository(context)
    for path in candidates(context):
        label = _relative(path, start)
        place = os.path.normpath(Path(context) / label).replace(os.sep, "/")
        if not path.resolve().is_relative_to(root):
            raise CtxscanError("a link that leads out of the repository is not followed", place=place)
        found = _table(path, name=place, given=False)
        if found is not None:
            return _config(found, place=place, label=label, codes=codes)
    return NOTHING


class _Found(NamedTuple):
    table: dict[str, Any]
    text: str
    prefix: str


def _relative(path: Path, start: Path) -> str:
    try:
        return os.path.relpath(path, start).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.name


def _table(path: Path, *, name: str, given: bool) -> _Found | None:
    """Our table in a file; None: it has none."""
    ours = path.name != PROJECT_FILE
    try:
        if given and not stat.S_ISREG(path.stat().st_mode):
            raise CtxscanError("not a file", place=name)
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CtxscanError(f"cannot read it: {(error.strerror or str(error)).lower()}", place=name) from None
    try:
        if len(data) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES} bytes")
        text = data.decode()
        if not ours and not given and "ctxscan" not in text:
            return None
        import tomllib  # most projects have nothing to read

        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        if not ours and not given and b"ctxscan" not in data:
            return None  # a broken file of somebody else
        words = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CtxscanError(f"not valid TOML: {words[:1].lower() + words[1:]}", place=name) from None
    if ours:
        return _Found(table, text, "")
    tools = table.get("tool", {})
    own = tools.get("ctxscan") if isinstance(tools, dict) else None
    if own is None:
        return None
    if not isinstance(own, dict):
        raise CtxscanError(f"tool.ctxscan is {_kind(own)}, and has to be a table", place=name)
    return _Found(own, text, "tool.ctxscan.")


def table_of(name: str, data: bytes) -> dict[str, Any] | None:
    """Our settings in the content of a file of this name; None: it has none, or cannot be read."""
    import tomllib

    try:
        table = tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return None
    if name != PROJECT_FILE:
        return table
    tools = table.get("tool", {})
    own = tools.get("ctxscan") if isinstance(tools, dict) else None
    return own if isinstance(own, dict) else None


def _config(found: _Found, *, place: str, label: str, codes: Callable[[], Collection[str]]) -> Config:
    table = _Table(found.table, place, "")
    hint = ": here the keys are at the top level, not in [tool.ctxscan]" if set(found.table) == {"tool"} else None
    table.know(KEYS, hint)
    known = sorted({*codes(), *CODES})
    entries = table.tables("allow")
    lines = _lines(found, len(entries))
    return Config(
        file=label,
        builder=table.choice("builder", tuple(BUILDERS)),
        fail_on=cast("Severity | None", table.choice("fail-on", SEVERITIES)),
        max_size=table.size("max-size"),
        large_directory=table.size("large-directory"),
        disable=tuple(sorted({table.known("disable", each, known) for each in table.texts("disable")})),
        apply_cautions=table.texts("apply-cautions"),
        with_=tuple(table.known("with", each, CONSENTS) for each in table.texts("with")),
        allow=tuple(_allow(each, known, line) for each, line in zip(entries, lines, strict=True)),
    )


def _allow(table: "_Table", codes: Sequence[str], line: int | None) -> Allow:
    table.know(ALLOW_KEYS, None)
    path = table.text("path")
    if path is not None:
        table.told("path", lambda: glob_of(path))
    return Allow(
        code=table.known("code", table.needed("code"), codes),
        path=path,
        reason=table.needed("reason"),
        expires=table.day("expires"),
        fingerprint=table.text("fingerprint"),
        kind=table.text("kind"),
        line=line,
    )


def _lines(found: _Found, count: int) -> Sequence[int | None]:
    """Where the entries of `allow` begin; None where they are not written as one table each."""
    name = f"[[{found.prefix}allow]]"
    lines = [
        number
        for number, line in enumerate(found.text.split("\n"), 1)
        if line.lstrip().startswith("[[") and "".join(line.split()).startswith(name)
    ]
    return lines if len(lines) == count else [None] * count


class _Table:
    """A table that is read key by key; what is wrong is reported with its file and key."""

    def __init__(self, table: dict[str, Any], place: str, where: str) -> None:
        self.table = table
        self.place = place
        self.where = where

    def know(self, keys: Sequence[str], hint: str | None) -> None:
        for key in self.table:
            if key not in keys:
                words = hint or f"{_meant(key.replace('_', '-'), keys)}; the keys are {', '.join(keys)}"
                raise CtxscanError(f"unknown key {quoted(self.where + key)}{words}", place=self.place)

    def wrong(self, key: str, must: str) -> CtxscanError:
        return CtxscanError(f"{self.where}{key} is {_kind(self.table[key])}, and has to be {must}", place=self.place)

    def told(self, key: str, read: Callable[[], T]) -> T:
        """What `read` gives; its complaint gets the place of the key."""
        try:
            return read()
        except CtxscanError as error:
            raise CtxscanError(f"{self.where}{key}: {error.message}", place=self.place) from None

    def text(self, key: str) -> str | None:
        value = self.table.get(key)
        if key in self.table and (not isinstance(value, str) or not value.strip()):
            raise self.wrong(key, "a text that is not empty")
        return value

    def needed(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            raise CtxscanError(f"{self.where}{key} is missing: every entry needs one", place=self.place)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "a list of texts")
        return tuple(value)

    def tables(self, key: str) -> "list[_Table]":
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, "a list of tables, each under a line [[…allow]]")
        return [_Table(each, self.place, f"{key}[{at}].") for at, each in enumerate(value, 1)]

    def size(self, key: str) -> int | None:
        value = self.table.get(key)
        if isinstance(value, str):
            return self.told(key, lambda: size(value))
        if key in self.table and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63):
            raise self.wrong(key, 'a size such as "50MB", or a number of bytes')
        return value

    def day(self, key: str) -> date | None:
        value = self.table.get(key)
        # A date with a time is a date to Python, and a question to everyone else.
        if key in self.table and (not isinstance(value, date) or isinstance(value, datetime)):
            raise self.wrong(key, "a date such as 2030-12-31, without quotes")
        return value

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        value = self.text(key)
        return None if value is None else self.known(key, value, choices)

    def known(self, key: str, value: str, choices: Sequence[str]) -> str:
        if value not in choices:
            words = f"{_meant(value, choices)}; it can be {', '.join(choices)}"
            raise CtxscanError(f"{self.where}{key}: unknown value {quoted(value)}{words}", place=self.place)
        return value


def _meant(word: str, choices: Sequence[str]) -> str:
    near = nearest(word[:80], choices)
    return f": did you mean {near}?" if near else ""


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value) if value else "empty"
    if isinstance(value, int | float):
        return "this number"
    names = {list: "a list", dict: "a table", datetime: "a date with a time", date: "a date"}
    return names.get(type(value), "a time")
