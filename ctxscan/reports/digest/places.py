"""Where a finding is, as seen from where the command was run.

Findings name files relative to their context. A reader stands in the working directory, and a code host takes it for
the root of the repository: both need the path from there. Nothing is looked up on disk.
"""

import os
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ...builds.build import Build
from ...facts import Scan
from ...findings import Finding
from ...rules.ignorefile import IgnoreFile


class Place(NamedTuple):
    """`path` is for people, `hosted` for code hosts; None: there is no file. Both are as seen from here, or relative to
    the context where that lies elsewhere."""

    path: str | None
    hosted: str | None


def from_here(path: Path) -> str | None:
    """A path as seen from here, normalized; None: it was given as an absolute one and lies elsewhere."""
    text = posixpath.normpath(path.as_posix())
    if not path.is_absolute():
        return text
    here = Path(os.getcwd()).as_posix()  # noqa: PTH109 which follows no links
    return posixpath.relpath(text, here) if f"{text}/".startswith(f"{here.rstrip('/')}/") else None


def context(build: Build) -> str:
    """The context directory as seen from here, or as it was given."""
    return build.written.context or from_here(build.context) or str(build.context)


def dockerfile(build: Build) -> str | None:
    """The Dockerfile as seen from here; `-` for standard input, and what an inline one is called."""
    return build.label if build.dockerfile is None else from_here(build.dockerfile) or build.label


def ignore_file(scan: Scan) -> str | None:
    """The ignore file in use as seen from here."""
    return None if scan.ignored is None else rules_file(scan.ignored)


def rules_file(ignored: IgnoreFile) -> str:
    """An ignore file as seen from here."""
    return from_here(ignored.path) or ignored.label


def place(scan: Scan, finding: Finding) -> Place:
    """Where a finding is."""
    build, path = scan.build, finding.path
    if path is None:
        return Place(None, None)
    if finding.context is not None:
        root, below = build.contexts.get(finding.context), path[len(finding.context) + 1 :]
        seen = None if root is None else from_here(root / below)
        return Place(seen or path, seen or below)
    if path == build.label:
        seen = dockerfile(build)
        return Place(seen, None if build.dockerfile is None else seen)  # else from standard input, or inline
    if build.context == Path() and not path.startswith("../"):
        return Place(path, posixpath.normpath(path))
    seen = from_here(build.context / path) or path
    return Place(seen, seen)


def fallback(scan: Scan) -> str | None:
    """A file that stands for the build as a whole on a code host: the Dockerfile, or the ignore file."""
    if scan.build.dockerfile is not None:
        return dockerfile(scan.build)
    return None if scan.ignored is None else scan.ignored.label


def seen_from_here(scan: Scan) -> Callable[[str], str]:
    """Makes messages name the Dockerfile and the ignore file as seen from here, where they give a line in them."""
    pairs = {}
    if scan.build.label is not None:
        pairs[scan.build.label] = dockerfile(scan.build) or scan.build.label
    if scan.ignored is not None:
        pairs[scan.ignored.label] = ignore_file(scan) or scan.ignored.label
    pairs = {label: path for label, path in pairs.items() if label != path}
    if not pairs:
        return lambda text: text
    labels = "|".join(re.escape(each) for each in sorted(pairs, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w./:-])({labels})(?=:\d)")
    return lambda text: pattern.sub(lambda match: pairs[match[1]], text)
