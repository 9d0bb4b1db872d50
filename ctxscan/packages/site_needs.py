"""What a generator of sites fails without: the directory of its pages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential
from .manifest import Files

#: By generator: its settings, the key that names the directory of the pages, what that is called by default, and the
#: page that has to be there.
_PAGES: Final = {
    "mkdocs": (("mkdocs.yml", "mkdocs.yaml"), lazy(r"(?m)^docs_dir:[ \t]*[\"']?([\w./-]+)"), "docs", ""),
    "mdbook": (("book.toml",), lazy(r"(?m)^src[ \t]*=[ \t]*[\"']([\w./-]+)"), "src", "SUMMARY.md"),
}
NAMES: Final = tuple(name for names, *_ in _PAGES.values() for name in names)


def built(command: Command) -> Iterator[str]:
    """The directory in which a command makes a site of the settings there."""
    if command.name in _PAGES and command.words == ["build"] and not {"-f", "--config-file"} & set(command.arguments):
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The directory of the pages."""
    names, key, default, page = _PAGES[command.name]
    above, name = posixpath.split(manifest)
    if name not in names:
        return
    found = key.search(tree.text(manifest))
    pages = posixpath.normpath(posixpath.join(above, found[1] if found else default))
    if not pages.startswith(("../", "/")):
        yield Essential(posixpath.join(pages, page) if page else pages, f"{command.name} build", manifest)
