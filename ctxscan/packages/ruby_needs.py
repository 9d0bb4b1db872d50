"""What `bundle install` fails without: what a Gemfile reads, and the gems that it takes from the project.

That it ends where a gemspec is not there was tried with Bundler."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential, named_by
from .manifest import Files, beside

_RUBY_FILE: Final = lazy(r"(?m)^\s*ruby\b[^#\n]*?(?:file:\s*|:file\s*=>\s*|File\.read\(\s*)[\"']([^\"'\n]+)[\"']")
_GEM_PATH: Final = lazy(r"(?m)^\s*gem\s[^#\n]*?(?:\bpath:|:path\s*=>)\s*[\"']([^\"'\n]+)[\"']")
_GEMSPEC: Final = lazy(r"(?m)^\s*gemspec\b(?![^#\n]*\bpath\b)")
_EVALUATES: Final = lazy(r"(?m)^\s*eval_gemfile\s*\(?\s*[\"']([^\"'\n#]+)[\"']")


def built(command: Command) -> Iterator[str]:
    """The directory whose Gemfile Bundler reads."""
    if (
        command.name == "bundle"
        and (command.words[:1] or ["install"]) == ["install"]
        and not command.setting("BUNDLE_GEMFILE")
    ):
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """What a Gemfile reads while it is evaluated, and the gems that it takes from the project."""
    text = tree.text(manifest)
    for pattern, reader in ((_RUBY_FILE, "bundle"), (_EVALUATES, "bundle"), (_GEM_PATH, "a gem by path")):
        yield from named_by(pattern, text, manifest, reader)
    if found := _GEMSPEC.search(text):
        above = posixpath.dirname(manifest)
        names = [each for each in tree.names(above) if each.endswith(".gemspec")]
        line = text.count("\n", 0, found.start() + found[0].index("gemspec")) + 1
        for path in beside(manifest, *names) if len(names) == 1 else ():
            yield Essential(path, "bundle", manifest, line)
