"""What `pub get` fails without: the packages that a `pubspec.yaml` takes from the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential, named_by
from .manifest import Files

_PATH: Final = lazy(r"(?m)^[ \t]+path:[ \t]*[\"']?(\.{0,2}/?[\w./-]+?)[\"']?[ \t]*$")


def built(command: Command) -> Iterator[str]:
    """The directory whose packages are installed."""
    if command.name in ("dart", "flutter") and command.words[:2] == ["pub", "get"] and "-C" not in command.arguments:
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The packages by path, those for development among them: all are looked at before anything is installed."""
    for each in named_by(_PATH, tree.text(manifest), manifest, "a dependency by path"):
        yield each._replace(path=f"{each.path}/pubspec.yaml")
