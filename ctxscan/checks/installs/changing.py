"""Commands that change a manifest and leave its lock file as it was: whatever keeps to that ends with an error then."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from ...dockerfile.commands import Command
from ...packages.catalog import MANAGERS
from ...packages.install import Install
from ...paths import absolute
from ...regex import lazy

#: What writes to the file that it is given last, and editors by the option with which they do.
_WRITES_LAST: Final = frozenset("mv cp tee sponge install".split())
_IN_PLACE: Final = {
    "sed": ("-i", "--in-place"),
    "perl": ("-i", "-pi", "-pie"),
    "yq": ("-i", "--inplace"),
    "json": ("-I",),
}
#: Programs that run code, and what that has in it if it writes.
_CODE: Final = frozenset("node bun deno python python3 ruby perl php".split())
_WRITES: Final = lazy(r"[wW]rite|\bdump\(")


def is_manifest_changed(each: Install, before: Iterable[Command]) -> bool:
    """Whether one of the commands before an install has changed its manifest."""
    manager = MANAGERS[each.manager]
    places = {absolute(each.cwd, name) for name in manager.manifests}
    for command in before:
        if manager.edits is not None and command.cwd == each.cwd and manager.edits.search(command.text):
            return True
        if any(place in _written(command) for place in places) or _is_written_by_code(command, places):
            return True
    return False


def _written(command: Command) -> set[str]:
    """The files that a command writes to, as far as it names them."""
    words = command.words
    found = [path for sign, path in pairwise(command.arguments) if sign in (">", ">>")]
    if command.name in _WRITES_LAST and len(words) > (command.name in ("mv", "cp", "install")):
        found.append(words[-1])
    options = _IN_PLACE.get(command.name, ())
    if any(one.startswith(options) for one in command.arguments if options):
        found += words
    return {absolute(command.cwd, path) for path in found}


def _is_written_by_code(command: Command, places: Iterable[str]) -> bool:
    """Whether a program is given code that names a manifest and writes."""
    if command.name not in _CODE:
        return False
    names = {posixpath.basename(place) for place in places}
    return any(name in command.text for name in names) and _WRITES.search(command.text) is not None
