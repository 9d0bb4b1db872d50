"""Names of images, which named contexts may have as well: `alpine` is `docker.io/library/alpine:latest`."""

from __future__ import annotations

import re
from typing import Final

from ..regex import lazy
from .words import WordProblem

_DOMAIN: Final = "docker.io"
_NAME: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST: Final = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_DIGEST: Final = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE: Final = lazy(rf"{_HOST}/{_NAME}(?:/{_NAME})*(?::[\w][\w.-]{{0,127}})?(?:@{_DIGEST})?", re.ASCII)


def familiar(name: str) -> str:
    """The shortest name for an image. Raises `WordProblem` where it cannot be one."""
    if len(name) == 64 and re.fullmatch("[a-f0-9]+", name):
        raise WordProblem(f"invalid repository name ({name}), cannot specify 64-byte hexadecimal strings")
    domain, rest = _split(name)
    path = rest.partition(":")[0]
    if path != path.lower():
        raise WordProblem(f"invalid reference format: repository name ({path}) must be lowercase")
    if not _REFERENCE.fullmatch(f"{domain}/{rest}"):
        raise WordProblem("invalid reference format")
    short = rest.removeprefix("library/") if domain == _DOMAIN else f"{domain}/{rest}"
    return short.removesuffix(":latest")


def _split(name: str) -> tuple[str, str]:
    domain, slash, rest = name.partition("/")
    if not slash or not (set(domain) & set(".:") or domain == "localhost" or domain != domain.lower()):
        domain, rest = _DOMAIN, name
    if domain == f"index.{_DOMAIN}":
        domain = _DOMAIN
    return domain, f"library/{rest}" if domain == _DOMAIN and "/" not in rest else rest
