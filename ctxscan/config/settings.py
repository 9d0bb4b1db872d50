"""What a project has settled: `[tool.ctxscan]` in `pyproject.toml`, or `.ctxscan.toml`, as one checked object.

It finds the file, refuses what it does not know, and tells which findings the project allows; what the other settings
do is the business of those that read them. It knows no clock: the day is passed in.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from ..errors import CtxscanError
from ..findings import SEVERITIES, Finding, Severity, worst_first
from ..regex import lazy
from ..rules.builders import BUILDERS
from .places import PROJECT_FILE, candidates, repository

if TYPE_CHECKING:
    from ..rules.gitignore import GitignorePattern

#: A larger file is no configuration.
MAX_BYTES: Final = 4 * 1024 * 1024
#: The findings that are made here, and what they say.
CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    "expired-allow": (
        "warning",
        "An entry of the configuration that allowed a finding has expired, and what it allowed counts again.",
    ),
    "unused-allow": ("note", "An entry of the configuration allows a finding that is not there, or no longer."),
    "untrusted-configuration": (
        "warning",
        "The configuration lies in what is checked, and asks for something that only a trusted one may decide.\n\n"
        "With --check, a configuration can hide secrets, or choose the builder, only if it is named with --config or "
        "is the same in the commit that --trusted names. Otherwise a pull request could switch off the gate it has "
        "to pass. Name the builder with --builder.",
    ),
}
#: What a configuration found in the tree may not hide by itself.
GUARDED: Final = "secret-"
_UNITS: Final[Mapping[str, int]] = {
    "": 1,
    "b": 1,
    **{f"{letter}b": 1000 ** (at + 1) for at, letter in enumerate("kmgt")},
} | {f"{letter}ib": 1024 ** (at + 1) for at, letter in enumerate("kmgt")}
_UNIT_NAMES: Final = "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB"
T = TypeVar("T")
_SIZE: Final = lazy(r"(\d{1,18})(?:\.(\d{1,9}))?[ \t]*([A-Za-z]*)", re.ASCII)


class Allow(NamedTuple):
    """An entry that lets a finding stand without counting it.

    `path` is a glob as in a .gitignore, relative to the context, as reports name the file; None: a finding about the
    build as a whole, or the one with this `fingerprint` wherever it is. `expires` is the last day it holds; None: for
    good. `line` is where it stands in the file, if that can be told.
    """

    code: str
    path: str | None
    reason: str
    expires: date | None
    fingerprint: str | None
    kind: str | None
    line: int | None

    def covers(self, finding: Finding) -> bool:
        if finding.code != self.code or (self.kind is not None and finding.kind != self.kind):
            return False
        if self.fingerprint is not None and finding.fingerprint != self.fingerprint:
            return False
        if self.path is None:
            # Never a whole code by leaving the path out: that would allow every secret there is.
            return finding.path is None or self.fingerprint is not None
        return finding.path is not None and matches(self.path, finding.path)

    def names(self, finding: Finding) -> bool:
        """Whether the entry is about this one finding: its whole path, with nothing in it that stands for more."""
        return self.fingerprint is not None or (self.path or "").lstrip("/") == finding.path


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
    allow: tuple[Allow, ...]
    trusted: bool = True


class Allowed(NamedTuple):
    """A finding that stands without counting, and the entry that lets it."""

    finding: Finding
    entry: Allow

    @property
    def reason(self) -> str:
        return self.entry.reason


NOTHING: Final = Config(None, None, None, None, None, (), (), ())
KEYS: Final = tuple(name.replace("_", "-") for name in Config._fields if name not in ("file", "trusted"))
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
        raise CtxscanError(f"{_quoted(text)} is no size: write a number, alone or with one of {_UNIT_NAMES}{hint}")
    billionths = int((match[2] or "").ljust(9, "0"))
    return int(match[1]) * unit + billionths * unit // 10**9


# --- which findings are allowed -------------------------------------------------------------------------------------


class Split(NamedTuple):
    """The findings that count, those that an entry allows, and those of codes that are disabled, each in order."""

    standing: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    disabled: tuple[Finding, ...]


def set_apart(findings: Iterable[Finding], config: Config, *, today: date, asked: Collection[str] = ()) -> Split:
    """The findings, parted by what the configuration says today. Codes in `asked` were asked for by an option, which
    beats it; a secret that an untrusted configuration hides counts, and says so."""
    entries = [each for each in config.allow if not _is_past(each, today)]
    standing: list[Finding] = []
    allowed: list[Allowed] = []
    disabled: list[Finding] = []
    for finding in findings:
        guarded = finding.code.startswith(GUARDED) and not config.trusted
        entry = next((each for each in entries if each.covers(finding)), None)
        if finding.code in asked:
            standing.append(finding)
        elif finding.code in config.disable:
            if guarded:
                standing.append(_overruled(finding, config, "disables this code"))
            else:
                disabled.append(finding)
        elif entry is not None:
            if guarded and not entry.names(finding):
                standing.append(_overruled(finding, config, f"allows it by {_quoted(entry.path or '')}"))
            else:
                allowed.append(Allowed(finding, entry))
        else:
            standing.append(finding)
    return Split(tuple(standing), tuple(allowed), tuple(disabled))


def _overruled(finding: Finding, config: Config, does: str) -> Finding:
    told = f"{config.file} {does}, which the check takes only from a trusted configuration (--config or --trusted)"
    return finding._replace(message=f"{finding.message}; {told}")


def refused(config: Config, *, builder: bool) -> tuple[Finding, ...]:
    """What an untrusted configuration asks for in vain; `builder`: the builder would be for it to choose."""
    if config.trusted or config.builder is None or not builder:
        return ()
    code = "untrusted-configuration"
    message = f"builder = {config.builder!r} is not taken from a configuration that the check does not trust"
    remedy = f"--builder {config.builder}, or name a trusted configuration with --config or --trusted"
    return (Finding(code, CODES[code][0], message, None, config.file, None, 0, None, None, remedy, "builder"),)


def leftover(config: Config, used: Sequence[Finding], *, today: date) -> tuple[Finding, ...]:
    """What there is to say about the entries once all builds are judged; `used` are findings of any of them that an
    entry covers, whether it was taken or not."""
    out = []
    for entry in config.allow:
        place = entry.path or entry.fingerprint or "the build"
        key = "\0".join((entry.code, entry.path or "", entry.fingerprint or "", entry.kind or ""))
        if _is_past(entry, today):
            code, remedy = "expired-allow", "take the entry out, or give it a later date"
            message = f"the entry that allows {entry.code} for {place} expired on {entry.expires}: {entry.reason}"
        elif entry.code in config.disable or any(entry.covers(each) for each in used):
            continue
        else:
            code, remedy = "unused-allow", "take the entry out"
            message = f"no finding {entry.code} for {place}, which an entry allows: {entry.reason}"
        if code not in config.disable:
            severity = CODES[code][0]
            out.append(Finding(code, severity, message, None, config.file, entry.line, 0, None, None, remedy, key))
    return worst_first(out)


def _is_past(entry: Allow, today: date) -> bool:
    return entry.expires is not None and today > entry.expires


def matches(glob: str, path: str) -> bool:
    """Whether `glob` means `path` or a directory above it, as git reads a line of a .gitignore. Takes time linear in
    both, since a configuration may be a stranger's, too."""
    return _glob(glob).match_file(path) is True


@lru_cache(maxsize=1024)
def _glob(text: str) -> GitignorePattern:
    """Raises `CtxscanError` for one that could match nothing, which git would not say."""
    from ..rules.gitignore import GitignorePattern  # imports pathspec, and few projects allow a path

    pattern = GitignorePattern.loaded(text)
    problem = None
    if text.startswith("!"):
        problem = "an entry allows, it takes nothing back: write \\! for a name that begins with it"
    elif any(part in ("", ".", "..") for part in text.removesuffix("/").removeprefix("/").split("/")):
        problem = "it is relative to the context, without ./, ../ or empty components"
    elif pattern.malformed:
        problem = "a bracket is not closed, a class has no such name, or a backslash ends it"
    if problem:
        raise CtxscanError(f"{_quoted(text)} is no path glob: {problem}")
    return pattern


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
    hint = ": here the keys stand at the top, not in [tool.ctxscan]" if set(found.table) == {"tool"} else None
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
        allow=tuple(_allow(each, known, line) for each, line in zip(entries, lines, strict=True)),
    )


def _allow(table: _Table, codes: Sequence[str], line: int | None) -> Allow:
    table.know(ALLOW_KEYS, None)
    path = table.text("path")
    if path is not None:
        table.told("path", lambda: _glob(path))
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
    """A table that is read key by key; what is not as it has to be is told with its file and key."""

    def __init__(self, table: dict[str, Any], place: str, where: str) -> None:
        self.table = table
        self.place = place
        self.where = where

    def know(self, keys: Sequence[str], hint: str | None) -> None:
        for key in self.table:
            if key not in keys:
                words = hint or f"{_meant(key.replace('_', '-'), keys)}; the keys are {', '.join(keys)}"
                raise CtxscanError(f"unknown key {_quoted(self.where + key)}{words}", place=self.place)

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

    def tables(self, key: str) -> list[_Table]:
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
            raise CtxscanError(f"{self.where}{key}: unknown value {_quoted(value)}{words}", place=self.place)
        return value


def _meant(word: str, choices: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word[:80], choices, n=1)
    return f": did you mean {near[0]}?" if near else ""


def _quoted(text: str) -> str:
    return f"'{text if len(text) <= 60 else text[:59] + '…'}'"


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value) if value else "empty"
    if isinstance(value, int | float):
        return "this number"
    names = {list: "a list", dict: "a table", datetime: "a date with a time", date: "a date"}
    return names.get(type(value), "a time")
