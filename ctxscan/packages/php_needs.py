"""What `composer install` fails without: programs that run with it, and the packages that it takes from the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential
from .manifest import Files, beside, get, items, table, texts

_RUNS: Final = ("pre-install-cmd", "post-install-cmd", "pre-autoload-dump", "post-autoload-dump")
_PROGRAM: Final = lazy(r"^(?:@php|php)\s+(?:-\S+\s+)*((?:bin/)?[\w-]+(?:/[\w.-]+)*(?:\.php)?)(?=\s|$)")


def built(command: Command) -> Iterator[str]:
    """The directory whose dependencies Composer installs."""
    flags = {each.partition("=")[0] for each in command.arguments}
    if command.name == "composer" and command.words[:1] == ["install"] and not flags & {"-d", "--working-dir"}:
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The programs of the project that run with an install, and the packages that are taken from it."""
    data = tree.json(manifest)
    flags = set(command.arguments)
    for each in items(data.get("repositories")) + list(table(data, "repositories").values()):
        url = get(each, "url")
        if get(each, "type") == "path" and isinstance(url, str) and not set(url) & set("*?["):
            yield from (Essential(path, "a package by path", manifest) for path in beside(manifest, url))
    for key in ("autoload", *(() if "--no-dev" in flags else ("autoload-dev",))):
        # What is not there ends the install; a file that is to be loaded is only missed when the program runs.
        for path in beside(manifest, *(() if "--no-autoloader" in flags else texts(get(data, key, "classmap")))):
            yield Essential(
                path,
                f"the class map of {key}",
                manifest,
                instead="write --no-autoloader there, and composer dump-autoload once the sources are copied",
            )
    if "--no-scripts" in flags:
        return
    for event in _RUNS:
        if event.endswith("dump") and "--no-autoloader" in flags:
            continue
        for path in beside(manifest, *_programs(data, event)):
            yield Essential(path, f"the script {event}", manifest)


def _programs(data: dict[str, Any], event: str) -> Iterator[str]:
    for text in texts(get(data, "scripts", event)):
        found = _PROGRAM.match(text.strip())
        if found is not None:
            yield found[1]
