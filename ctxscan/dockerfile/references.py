"""Names of images, which named contexts may have as well: `alpine` is `docker.io/library/alpine:latest`."""

from __future__ import annotations

import re
from typing import Final

from ..regex import lazy
from .words import WordProblem

_DOMAIN: Final = "docker.io"
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST: Final = lazy(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_NAME: Final = lazy(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_TAG: Final = lazy(r"[\w][\w.-]{0,127}", re.ASCII)
_DIGEST: Final = lazy(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")


def familiar(name: str) -> str:
    """The shortest name for an image. Raises `WordProblem` where it cannot be one."""
    if len(name) == 64 and re.fullmatch("[a-f0-9]+", name):
        raise WordProblem(f"invalid repository name ({name}), cannot specify 64-byte hexadecimal strings")
    domain, rest = _split(name)
    path = rest.partition(":")[0]
    if path != path.lower():
        raise WordProblem(f"invalid reference format: repository name ({path}) must be lowercase")
    if not _is_valid(domain, rest):
        raise WordProblem("invalid reference format")
    short = rest.removeprefix("library/") if domain == _DOMAIN else f"{domain}/{rest}"
    return short.removesuffix(":latest")


def _is_valid(domain: str, rest: str) -> bool:
    """Whether both can be of an image. Most have neither a host nor a digest, whose forms are long."""
    named, at, digest = rest.partition("@")
    path, colon, tag = named.partition(":")
    return (
        all(_NAME.fullmatch(part) for part in path.split("/"))
        and (domain == _DOMAIN or _HOST.fullmatch(domain) is not None)
        and (not colon or _TAG.fullmatch(tag) is not None)
        and (not at or _DIGEST.fullmatch(digest) is not None)
    )


def _split(name: str) -> tuple[str, str]:
    domain, slash, rest = name.partition("/")
    if not slash or not (set(domain) & set(".:") or domain == "localhost" or domain != domain.lower()):
        domain, rest = _DOMAIN, name
    if domain == f"index.{_DOMAIN}":
        domain = _DOMAIN
    return domain, f"library/{rest}" if domain == _DOMAIN and "/" not in rest else rest
