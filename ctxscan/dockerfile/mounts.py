"""`--mount` of RUN: its fields, and what may be in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal, TypeAlias, get_args

from ..regex import lazy
from .values import is_size
from .words import WordProblem, quoted

MountKind: TypeAlias = Literal["bind", "cache", "tmpfs", "secret", "ssh"]
KINDS: Final[tuple[MountKind, ...]] = get_args(MountKind)
_SYNONYMS: Final = {"src": "source", "dst": "target", "destination": "target", "readonly": "ro", "readwrite": "rw"}


class MountFields:
    """The fields as given, variables replaced, each valid by itself; `writable` is settled."""

    __slots__ = ("kind", "options", "origin", "source", "target", "writable")

    def __init__(self) -> None:
        self.kind: MountKind = "bind"
        self.source = ""
        self.target = ""
        self.origin = ""
        self.writable: bool | None = None
        self.options: list[tuple[str, str]] = []


def mount_fields(mount: str) -> list[str] | None:
    """The fields of a mount, which is a line of CSV; None if it is none."""
    fields: list[str] = []
    at = 0
    while match := _FIELD.match(mount, at):
        fields.append(match[1].replace('""', '"') if match[1] is not None else match[0])
        at = match.end()
        if at == len(mount):
            return fields if mount else None
        if mount[at] != ",":
            return None
        at += 1
    return None


def read_mount(mount: str, expand: Callable[[str, str], str | None]) -> MountFields:
    """Read a mount; `expand` gives the text of a field (its name, what is written), None where only the base image
    knows it: such a field is left out. Raises `WordProblem`."""
    result = MountFields()
    for text in mount_fields(mount) or ():
        written, equals, value = text.partition("=")
        name = written.lower()
        known = expand(name, value) if equals else None
        if known is not None or not equals:
            _set(result, _SYNONYMS.get(name, name), name, known, text)
    _check_together(result)
    if result.writable is None:
        result.writable = result.kind in ("cache", "tmpfs")
    return result


def _set(mount: MountFields, key: str, name: str, value: str | None, text: str) -> None:
    if key in ("ro", "rw"):
        mount.writable = _boolean(name, value) is (key == "rw")
    elif key == "required":
        _only(mount, name, "secret", "ssh")
        mount.options.append((key, str(_boolean(name, value)).lower()))
    elif value is None:
        raise WordProblem(f"invalid field '{text}' must be a key=value pair")
    elif key == "type":
        mount.kind = _kind(value)
    elif key == "from":
        mount.origin = value
    elif key == "source":
        mount.source = value
    elif key == "target":
        mount.target = value
    else:
        mount.options.append((key, _option(mount, name, value, text)))


def _option(mount: MountFields, name: str, value: str, text: str) -> str:
    if name == "size":
        _only(mount, name, "tmpfs")
        if not is_size(value):
            raise WordProblem(f"invalid value for {name}: {value}")
    elif name == "sharing" and value.lower() not in ("shared", "private", "locked"):
        raise WordProblem(f"unsupported sharing value {quoted(value)}")
    elif name in ("mode", "uid", "gid"):
        base = 8 if name == "mode" else 10
        if not re.fullmatch("[0-7]+" if base == 8 else "[0-9]+", value) or int(value, base) >= 1 << 32:
            raise WordProblem(f"invalid value {value} for {name}")
    elif name not in ("id", "sharing", "env"):
        raise WordProblem(f"unexpected key '{name}' in '{text}'")
    return value.lower() if name == "sharing" else value


def _kind(value: str) -> MountKind:
    for kind in KINDS:
        if kind == value.lower():
            return kind
    raise WordProblem(f"unsupported mount type {quoted(value)}")


def _boolean(name: str, value: str | None) -> bool:
    if value is None or value in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if value in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    raise WordProblem(f"invalid value for {name}: {value}")


def _only(mount: MountFields, name: str, *kinds: MountKind) -> None:
    # By the order of the fields: a type that is named later does not count.
    if mount.kind not in kinds:
        raise WordProblem(f"unexpected key '{name}' for mount type '{mount.kind}'")


def _check_together(mount: MountFields) -> None:
    given = dict(mount.options)
    if mount.kind in ("bind", "tmpfs"):
        for name in ("mode", "uid", "gid"):
            if name in given:
                raise WordProblem(f"{name} not allowed for {quoted(mount.kind)} type mounts")
    if mount.kind == "secret":
        if mount.origin:
            raise WordProblem("secret mount should not have a from")
        if "sharing" in given:
            raise WordProblem("secret mount should not define sharing")
        if not (mount.source or mount.target or given.get("id")):
            raise WordProblem("invalid secret mount. one of source, target required")
        if mount.source and given.get("id"):
            raise WordProblem("both source and id can't be set")
    if "sharing" in given and mount.kind != "cache":
        raise WordProblem(f"invalid cache sharing set for {mount.kind} mount")


_FIELD: Final = lazy(r""""((?:[^"]|"")*+)"|[^",]*+""")
